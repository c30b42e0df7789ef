package dev.millrace.gpu.model.parse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls as Qwen and Hermes write them: an object with name and arguments between tags, at times several. */
final class QwenCalls implements CallReader {

    static final String OPEN = "<tool_call>";
    static final String CLOSE = "</tool_call>";
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private enum Place {
        OPENING,
        KEY,
        COLON,
        VALUE,
        NEXT,
        TRAILER,
        BROKEN
    }

    private final CallSink sink;
    private final StringBuilder raw = new StringBuilder(OPEN);
    private final TagScanner tags = new TagScanner();
    private final StringBuilder value = new StringBuilder();
    private final StringBuilder arguments = new StringBuilder();
    private JsonScanner scanner = new JsonScanner();
    private ArgumentsReader reader = new ArgumentsReader();
    private Place place = Place.OPENING;
    private String key = "";
    private @Nullable String name;
    private boolean sawArguments;
    private boolean began;
    private boolean sawCall;

    QwenCalls(CallSink sink) {
        this.sink = sink;
    }

    @Override
    public String raw() {
        return began || sawCall ? "" : raw.toString();
    }

    @Override
    public void cut() {
        if (!began) {
            arguments.append(reader.rest());
            passOn(true);
        }
    }

    @Override
    public Verdict accept(char next) {
        if (place == Place.TRAILER || place == Place.BROKEN) {
            return untilClosed(next);
        }
        boolean fits = fits(next);
        if (!fits && (began || sawCall)) {
            place = began ? Place.BROKEN : Place.TRAILER;
            return untilClosed(next);
        }
        if (fits && !began && !sawCall) {
            raw.append(next);
        }
        return fits ? Verdict.MORE : Verdict.REJECTED;
    }

    private boolean fits(char next) {
        if (place == Place.KEY || place == Place.VALUE) {
            return inner(next);
        }
        if (JsonScanner.isSpace(next)) {
            return true;
        }
        return switch (place) {
            case OPENING -> next == '{' && to(Place.KEY);
            case COLON -> next == ':' && to(Place.VALUE);
            default -> next == '}' ? close() : next == ',' && to(Place.KEY);
        };
    }

    private boolean inner(char next) {
        boolean start = value.length() == 0;
        if (start && JsonScanner.isSpace(next)) {
            return true;
        }
        if (place == Place.KEY) {
            return start && next == '}' ? close() : (!start || next == '"') && scan(next);
        }
        boolean object = isArguments() && (start ? next == '{' : value.charAt(0) == '{');
        return object ? argument(next) : scan(next);
    }

    private boolean scan(char next) {
        JsonScanner.Verdict verdict = scanner.accept(next);
        if (verdict == JsonScanner.Verdict.DONE_BEFORE) {
            return ended() && fits(next);
        }
        value.append(next);
        return verdict == JsonScanner.Verdict.DONE ? ended() : verdict == JsonScanner.Verdict.MORE;
    }

    private boolean argument(char next) {
        value.append(next);
        JsonScanner.Verdict verdict = reader.accept(next);
        if (verdict == JsonScanner.Verdict.BAD) {
            return false;
        }
        arguments.append(reader.take());
        passOn(reader.isCertain());
        return verdict != JsonScanner.Verdict.DONE || whole();
    }

    private boolean ended() {
        if (place == Place.KEY) {
            key = text();
            return next(Place.COLON);
        }
        if (key.equals("name")) {
            name = value.charAt(0) == '"' ? text() : null;
            if (name == null || name.isBlank()) {
                return false;
            }
            passOn(sawArguments);
        } else if (isArguments() && value.charAt(0) == '"') {
            arguments.append(text());
            passOn(true);
            sawArguments = true;
        } else if (isArguments() && !value.toString().equals("null")) {
            return false;
        }
        return next(Place.NEXT);
    }

    private boolean whole() {
        sawArguments = true;
        return next(Place.NEXT);
    }

    private boolean close() {
        if (name == null) {
            return false;
        }
        if (!sawArguments) {
            arguments.append("{}");
        }
        passOn(true);
        return to(Place.TRAILER);
    }

    private void passOn(boolean certain) {
        if (name == null || !certain) {
            return;
        }
        if (!began) {
            began = true;
            sink.begin(name);
        }
        sink.arguments(arguments.toString());
        arguments.setLength(0);
    }

    /** After the object, or after a mistake in its arguments, which is handed on as it is. */
    private Verdict untilClosed(char next) {
        if (place == Place.TRAILER && next == '{') {
            another();
            return Verdict.MORE;
        }
        TagScanner.Found found = tags.accept(next, place == Place.TRAILER ? List.of(CLOSE, OPEN) : List.of(CLOSE));
        if (place == Place.BROKEN && !sawArguments) {
            sink.arguments(found.text());
        }
        if (found.tag().isEmpty()) {
            return Verdict.MORE;
        }
        return found.tag().equals(OPEN) ? Verdict.OPENED : Verdict.ENDED;
    }

    /** Models forget to close a call before they write the next one; what turns out to be no call is dropped. */
    private void another() {
        sawCall = true;
        began = false;
        sawArguments = false;
        name = null;
        arguments.setLength(0);
        reader = new ArgumentsReader();
        tags.take();
        next(Place.KEY);
    }

    private boolean isArguments() {
        return key.equals("arguments") || key.equals("parameters");
    }

    private String text() {
        try {
            return MAPPER.readValue(value.toString(), String.class);
        } catch (JsonProcessingException e) {
            return value.substring(1, value.length() - 1);
        }
    }

    private boolean next(Place next) {
        scanner = new JsonScanner();
        value.setLength(0);
        return to(next);
    }

    private boolean to(Place next) {
        place = next;
        return true;
    }
}
