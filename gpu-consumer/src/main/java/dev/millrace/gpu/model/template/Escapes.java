package dev.millrace.gpu.model.template;

/** The backslashes of a string, as Python reads them; one that means nothing stays. */
final class Escapes {

    private static final String LETTERS = "abfnrtv\\'\"";
    private static final String MEANINGS = "\u0007\b\f\n\r\t\u000b\\'\"";

    private Escapes() {}

    static String resolve(String written) {
        if (written.indexOf('\\') < 0) {
            return written;
        }
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < written.length()) {
            char letter = written.charAt(at);
            if (letter != '\\' || at + 1 == written.length()) {
                out.append(letter);
                at++;
            } else {
                at = escape(written, at + 1, out);
            }
        }
        return out.toString();
    }

    private static int escape(String written, int at, StringBuilder out) {
        char letter = written.charAt(at);
        int plain = LETTERS.indexOf(letter);
        if (plain >= 0) {
            out.append(MEANINGS.charAt(plain));
            return at + 1;
        }
        if (letter == '\n') {
            return at + 1;
        }
        if (letter >= '0' && letter <= '7') {
            int end = at;
            while (end < written.length() && end < at + 3 && written.charAt(end) >= '0' && written.charAt(end) <= '7') {
                end++;
            }
            out.appendCodePoint(Integer.parseInt(written.substring(at, end), 8));
            return end;
        }
        int digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
        if (digits == 0) {
            out.append('\\').append(letter);
            return at + 1;
        }
        int end = at + 1 + digits;
        if (end > written.length() || !written.substring(at + 1, end).matches("[0-9a-fA-F]+")) {
            throw new TemplateException("truncated \\" + letter + " escape");
        }
        long point = Long.parseLong(written.substring(at + 1, end), 16);
        if (point > Character.MAX_CODE_POINT) {
            throw new TemplateException("illegal Unicode character");
        }
        out.appendCodePoint((int) point);
        return end;
    }
}
