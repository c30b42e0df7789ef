package dev.millrace.gpu.model.parse;

/**
 * Passes a call's arguments on while they come. They are held until the first member is certain, so that what merely
 * looks like a call stays text; after that a mistake in them is the client's to see.
 */
final class ArgumentsReader {

    private final JsonScanner scanner = new JsonScanner();
    private final StringBuilder held = new StringBuilder();
    private boolean certain;

    JsonScanner.Verdict accept(char next) {
        boolean inString = scanner.inString();
        if (scanner.inEscape() && !JsonScanner.isEscape(next)) {
            // So has a backslash before what needs none, as in a path or a pattern.
            held.append('\\');
            scanner.accept('\\');
        }
        JsonScanner.Verdict verdict = scanner.accept(next);
        if (verdict == JsonScanner.Verdict.MORE || verdict == JsonScanner.Verdict.DONE) {
            // A line break inside a string is the commonest slip of models, and has but one meaning.
            held.append(inString && next < ' ' ? String.format("\\u%04x", (int) next) : String.valueOf(next));
        }
        certain |= scanner.sawMember() || verdict == JsonScanner.Verdict.DONE;
        return verdict;
    }

    /** Whether these are arguments for certain. */
    boolean isCertain() {
        return certain;
    }

    /** What may be passed on now. */
    String take() {
        String more = certain ? held.toString() : "";
        if (certain) {
            held.setLength(0);
        }
        return more;
    }

    /** What was held back. */
    String rest() {
        return held.toString();
    }
}
