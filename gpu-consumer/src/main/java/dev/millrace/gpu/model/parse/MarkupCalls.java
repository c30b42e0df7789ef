package dev.millrace.gpu.model.parse;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls as Qwen3-Coder writes them: between the tags of a call that of a function, and in it those of its parameters,
 * whose values stand bare. Some begin with the function's tag at once, and then end with it.
 */
final class MarkupCalls implements CallReader {

    static final String FUNCTION = "<function=";
    private static final String CLOSE_FUNCTION = "</function>";
    private static final String PARAMETER = "<parameter=";
    private static final String CLOSE_PARAMETER = "</parameter>";

    private static final List<String> OPENING = List.of(FUNCTION);
    private static final List<String> IN_FUNCTION = List.of(PARAMETER, CLOSE_FUNCTION, QwenCalls.CLOSE, QwenCalls.OPEN);
    private static final List<String> IN_VALUE =
            List.of(CLOSE_PARAMETER, CLOSE_FUNCTION, QwenCalls.CLOSE, QwenCalls.OPEN);
    private static final List<String> AFTER_FUNCTION = List.of(FUNCTION, QwenCalls.CLOSE, QwenCalls.OPEN);
    private static final int LONGEST_NAME = 256;

    private enum Place {
        OPENING,
        NAME,
        FUNCTION,
        PARAMETER,
        VALUE,
        TRAILER
    }

    private final CallSink sink;
    private final ParameterTypes types;
    private final boolean bare;
    private final StringBuilder raw = new StringBuilder();
    private final TagScanner tags = new TagScanner();
    private final StringBuilder name = new StringBuilder();
    private Place place = Place.OPENING;
    private boolean beganAny;
    private boolean hasParameters;
    private String function = "";
    private @Nullable MarkupValue value;

    /** @param openedBy the tag of a call, or that of a function with its name */
    MarkupCalls(CallSink sink, ParameterTypes types, String openedBy) {
        this.sink = sink;
        this.types = types;
        raw.append(openedBy);
        bare = openedBy.startsWith(FUNCTION);
        if (bare) {
            name.append(openedBy, FUNCTION.length(), openedBy.length() - 1);
            begin();
        }
    }

    @Override
    public String raw() {
        return beganAny ? "" : raw.toString();
    }

    @Override
    public void cut() {
        MarkupValue present = value;
        if (present != null) {
            present.cut(tags.take());
            sink.arguments(present.take());
        }
    }

    @Override
    public Verdict accept(char next) {
        Verdict verdict =
                switch (place) {
                    case OPENING -> opening(next);
                    case NAME -> name(next);
                    case FUNCTION -> inFunction(next);
                    case PARAMETER -> parameter(next);
                    case VALUE -> value(next);
                    case TRAILER -> afterTag(tags.accept(next, AFTER_FUNCTION).tag());
                };
        if (!beganAny && verdict == Verdict.MORE) {
            raw.append(next);
        }
        return verdict;
    }

    private Verdict opening(char next) {
        TagScanner.Found found = tags.accept(next, OPENING);
        return found.text().isBlank() ? afterTag(found.tag()) : Verdict.REJECTED;
    }

    private Verdict name(char next) {
        if (next == '>' && !name.toString().isBlank()) {
            begin();
            return Verdict.MORE;
        }
        name.append(next);
        boolean broken = "<>\n".indexOf(next) >= 0 || name.length() > LONGEST_NAME;
        if (broken && beganAny) {
            // A call stood before this one, so what follows is a broken call and no text.
            place = Place.TRAILER;
            return Verdict.MORE;
        }
        return broken ? Verdict.REJECTED : Verdict.MORE;
    }

    private void begin() {
        function = name.toString().strip();
        name.setLength(0);
        place = Place.FUNCTION;
        beganAny = true;
        hasParameters = false;
        sink.begin(function);
    }

    private Verdict inFunction(char next) {
        return afterTag(tags.accept(next, IN_FUNCTION).tag());
    }

    private Verdict parameter(char next) {
        if (next != '>') {
            name.append(next);
            return Verdict.MORE;
        }
        String parameter = name.toString().strip();
        name.setLength(0);
        sink.arguments((hasParameters ? ", " : "{") + MarkupValue.quoted(parameter) + ": ");
        hasParameters = true;
        value = new MarkupValue(types.of(function, parameter));
        place = Place.VALUE;
        return Verdict.MORE;
    }

    private Verdict value(char next) {
        MarkupValue present = value;
        if (present == null) {
            throw new IllegalStateException("there is no value");
        }
        TagScanner.Found found = tags.accept(next, IN_VALUE);
        present.accept(found.text());
        switch (found.tag()) {
            case "" -> {}
            case CLOSE_FUNCTION -> present.hold(CLOSE_FUNCTION);
            case CLOSE_PARAMETER -> present.close();
            default -> present.closeBefore(CLOSE_FUNCTION);
        }
        sink.arguments(present.take());
        if (found.tag().isEmpty() || found.tag().equals(CLOSE_FUNCTION)) {
            return Verdict.MORE;
        }
        value = null;
        place = Place.FUNCTION;
        return afterTag(found.tag());
    }

    private Verdict afterTag(String tag) {
        switch (tag) {
            case FUNCTION -> place = Place.NAME;
            case PARAMETER -> place = Place.PARAMETER;
            case CLOSE_FUNCTION -> {
                end();
                return bare ? Verdict.ENDED : Verdict.MORE;
            }
            case QwenCalls.CLOSE, QwenCalls.OPEN -> {
                end();
                return tag.equals(QwenCalls.OPEN) ? Verdict.OPENED : Verdict.ENDED;
            }
            default -> {}
        }
        return Verdict.MORE;
    }

    /** The function's end, whether it has been told already or not. */
    private void end() {
        if (place == Place.FUNCTION) {
            sink.arguments(hasParameters ? "}" : "{}");
        }
        place = Place.TRAILER;
    }
}
