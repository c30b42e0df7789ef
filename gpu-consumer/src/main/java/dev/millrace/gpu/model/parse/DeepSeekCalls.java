package dev.millrace.gpu.model.parse;

import java.util.List;

/**
 * Calls as DeepSeek writes them, from the tag that opens them all to the one that closes them: a type, a name and a
 * fenced object (V3, R1), or a name and an object (V3.1).
 */
final class DeepSeekCalls implements CallReader {

    static final String OPEN_ALL = "<｜tool▁calls▁begin｜>";
    static final String OPEN = "<｜tool▁call▁begin｜>";
    static final String CLOSE_ALL = "<｜tool▁calls▁end｜>";
    private static final String CLOSE = "<｜tool▁call▁end｜>";
    private static final String SEPARATOR = "<｜tool▁sep｜>";
    private static final List<String> BETWEEN_TAGS = List.of(OPEN, CLOSE_ALL);
    private static final List<String> CALL_TAGS = List.of(CLOSE, OPEN, CLOSE_ALL);
    private static final String TYPE = "function";
    private static final int LONGEST_NAME = 256;

    private enum Place {
        BETWEEN,
        HEADER,
        NAME,
        FENCE,
        ARGUMENTS,
        TRAILER,
        BROKEN
    }

    private final CallSink sink;
    private final StringBuilder raw = new StringBuilder();
    private final TagScanner tags = new TagScanner();
    private final StringBuilder header = new StringBuilder();
    private final StringBuilder name = new StringBuilder();
    private ArgumentsReader reader = new ArgumentsReader();
    private Place place;
    private boolean began;
    private boolean beganAny;

    DeepSeekCalls(CallSink sink, String openedBy) {
        this.sink = sink;
        raw.append(openedBy);
        place = openedBy.equals(OPEN) ? Place.HEADER : Place.BETWEEN;
    }

    @Override
    public String raw() {
        return beganAny ? "" : raw.toString();
    }

    @Override
    public void cut() {
        boolean named = place == Place.ARGUMENTS || place == Place.FENCE && isTyped();
        if (place == Place.NAME && name.toString().isBlank() && !isTyped()) {
            takeHeaderForName();
            named = true;
        }
        if (named && !began) {
            begins();
            sink.arguments(reader.rest());
        }
    }

    @Override
    public Verdict accept(char next) {
        Verdict verdict = read(next);
        if (verdict == Verdict.REJECTED && beganAny) {
            // A call stood before this one, so what follows is a broken call and no text.
            place = Place.BROKEN;
            return untilClosed(next);
        }
        if (verdict == Verdict.MORE && !beganAny) {
            raw.append(next);
        }
        return verdict;
    }

    private Verdict read(char next) {
        return switch (place) {
            case BETWEEN -> between(next);
            case HEADER -> header(next);
            case NAME, FENCE -> beforeArguments(next);
            case ARGUMENTS -> arguments(next);
            case TRAILER, BROKEN -> untilClosed(next);
        };
    }

    private Verdict between(char next) {
        TagScanner.Found found = tags.accept(next, BETWEEN_TAGS);
        if (!found.text().isBlank() && !beganAny) {
            return Verdict.REJECTED;
        }
        return afterTag(found.tag());
    }

    private Verdict header(char next) {
        TagScanner.Found found = tags.accept(next, List.of(SEPARATOR));
        header.append(found.text());
        if (!found.tag().isEmpty()) {
            place = Place.NAME;
        }
        return header.length() > LONGEST_NAME ? Verdict.REJECTED : Verdict.MORE;
    }

    /** A call may end before its arguments: then it has none. */
    private Verdict beforeArguments(char next) {
        TagScanner.Found found = tags.accept(next, List.of(CLOSE));
        Verdict verdict = Verdict.MORE;
        for (int i = 0; i < found.text().length() && verdict == Verdict.MORE; i++) {
            char letter = found.text().charAt(i);
            verdict = place == Place.NAME ? name(letter) : fence(letter);
        }
        if (verdict == Verdict.MORE && !found.tag().isEmpty()) {
            if (isTyped() == name.toString().isBlank()) {
                return Verdict.REJECTED;
            }
            takeHeaderForName();
            begins();
            sink.arguments("{}");
            return afterTag(found.tag());
        }
        return verdict;
    }

    /** V3.1 writes no type before the name. */
    private boolean isTyped() {
        return header.toString().strip().equals(TYPE);
    }

    private void takeHeaderForName() {
        if (name.toString().isBlank()) {
            name.setLength(0);
            name.append(header);
        }
    }

    private void begins() {
        began = true;
        beganAny = true;
        sink.begin(name.toString().strip());
    }

    private Verdict name(char next) {
        if (next == '{') {
            takeHeaderForName();
            return begin(next);
        }
        if ((next == '\n' || next == '`') && !name.toString().isBlank()) {
            place = Place.FENCE;
            return Verdict.MORE;
        }
        name.append(next);
        return next == '<' || name.length() > LONGEST_NAME ? Verdict.REJECTED : Verdict.MORE;
    }

    private Verdict fence(char next) {
        if (next == '{') {
            return begin(next);
        }
        return JsonScanner.isSpace(next) || "`json".indexOf(next) >= 0 ? Verdict.MORE : Verdict.REJECTED;
    }

    private Verdict begin(char next) {
        if (name.toString().isBlank()) {
            return Verdict.REJECTED;
        }
        place = Place.ARGUMENTS;
        return arguments(next);
    }

    private Verdict arguments(char next) {
        JsonScanner.Verdict verdict = reader.accept(next);
        if (verdict == JsonScanner.Verdict.BAD) {
            if (!began) {
                return Verdict.REJECTED;
            }
            place = Place.BROKEN;
            return untilClosed(next);
        }
        if (reader.isCertain()) {
            if (!began) {
                begins();
            }
            sink.arguments(reader.take());
        }
        if (verdict == JsonScanner.Verdict.DONE) {
            place = Place.TRAILER;
        }
        return Verdict.MORE;
    }

    private Verdict untilClosed(char next) {
        TagScanner.Found found = tags.accept(next, CALL_TAGS);
        if (place == Place.BROKEN && began) {
            sink.arguments(found.text());
        }
        return afterTag(found.tag());
    }

    private Verdict afterTag(String tag) {
        switch (tag) {
            case CLOSE -> place = Place.BETWEEN;
            case OPEN -> {
                place = Place.HEADER;
                header.setLength(0);
                name.setLength(0);
                reader = new ArgumentsReader();
                began = false;
            }
            case CLOSE_ALL -> {
                return Verdict.ENDED;
            }
            default -> {}
        }
        return Verdict.MORE;
    }
}
