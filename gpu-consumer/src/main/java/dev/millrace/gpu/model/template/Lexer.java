package dev.millrace.gpu.model.template;

import dev.millrace.gpu.model.template.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a template into text and tags under the rules that published templates are written for: a block's own line break
 * goes, and so does the space before a block that starts its line; a minus takes all space on its side, a plus keeps
 * it.
 */
final class Lexer {

    private static final Pattern RAW =
            Pattern.compile("\\{%[-+]?\\s*raw\\s*(-%}\\s*|%})", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern END_RAW =
            Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(\\+%}|-%}\\s*|%}\\n?)", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern COMMENT_END = Pattern.compile("-#}\\s*|\\+#}|#}\\n?", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern BLOCK_END = Pattern.compile("\\+%}|-%}\\s*|%}\\n?", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern OUTPUT_END = Pattern.compile("-}}\\s*|}}", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern FLOAT =
            Pattern.compile("(?<!\\.)(\\d+_)*\\d+((\\.(\\d+_)*\\d+)?[eE][+-]?(\\d+_)*\\d+|\\.(\\d+_)*\\d+)");
    private static final Pattern INTEGER =
            Pattern.compile("0[bB](_?[01])+|0[oO](_?[0-7])+|0[xX](_?[0-9a-fA-F])+|[1-9](_?\\d)*|0(_?0)*");
    private static final Pattern NAME = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern STRING =
            Pattern.compile("'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\"", Pattern.DOTALL);
    private static final Pattern OPERATOR = Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}<>=.:|,;]");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private boolean lineStarts = true;

    private Lexer(String source) {
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        this.source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    }

    static List<Token> read(String source) {
        return new Lexer(source).all();
    }

    private List<Token> all() {
        for (int tag = nextTag(); tag >= 0; tag = nextTag()) {
            char kind = source.charAt(tag + 1);
            char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
            text(source.substring(at, tag), sign, kind != '{');
            Matcher raw = RAW.matcher(source).region(tag, source.length());
            if (kind == '%' && raw.lookingAt()) {
                moveTo(raw.end());
                raw();
                continue;
            }
            moveTo(tag + 2 + (sign == '-' || sign == '+' ? 1 : 0));
            switch (kind) {
                case '#' -> comment();
                case '%' -> tag(Kind.BLOCK_BEGIN, Kind.BLOCK_END, BLOCK_END);
                default -> tag(Kind.OUTPUT_BEGIN, Kind.OUTPUT_END, OUTPUT_END);
            }
        }
        add(Kind.TEXT, source.substring(at));
        moveTo(source.length());
        tokens.add(new Token(Kind.END, "end of template", line));
        return tokens;
    }

    private int nextTag() {
        for (int tag = source.indexOf('{', at); tag >= 0; tag = source.indexOf('{', tag + 1)) {
            if (tag + 1 < source.length() && "{%#".indexOf(source.charAt(tag + 1)) >= 0) {
                return tag;
            }
        }
        return -1;
    }

    private void text(String text, char sign, boolean block) {
        String kept = text;
        int lineStart = text.lastIndexOf('\n') + 1;
        if (sign == '-') {
            kept = Text.strip(text, Text::isSpace, false, true);
        } else if (sign != '+' && block && (lineStart > 0 || lineStarts)) {
            boolean onlySpace = text.substring(lineStart).codePoints().allMatch(Text::isSpace);
            kept = onlySpace ? text.substring(0, lineStart) : text;
        }
        add(Kind.TEXT, kept);
        moveTo(at + text.length());
    }

    private void raw() {
        Matcher end = END_RAW.matcher(source);
        if (!end.find(at)) {
            throw error("Missing end of raw directive");
        }
        String sign = end.group(1);
        text(source.substring(at, end.start()), sign.isEmpty() ? ' ' : sign.charAt(0), true);
        ended(end.end());
    }

    private void comment() {
        Matcher end = COMMENT_END.matcher(source);
        if (!end.find(at)) {
            throw error("Missing end of comment tag");
        }
        ended(end.end());
    }

    private void tag(Kind begin, Kind end, Pattern endPattern) {
        add(begin, "");
        Deque<Character> open = new ArrayDeque<>();
        while (at < source.length()) {
            Matcher closing = endPattern.matcher(source).region(at, source.length());
            if (open.isEmpty() && closing.lookingAt()) {
                add(end, "");
                ended(closing.end());
                return;
            }
            inside(open);
        }
        throw error("unexpected end of template");
    }

    private void inside(Deque<Character> open) {
        if (take(SPACE) != null) {
            return;
        }
        String found;
        if ((found = take(FLOAT)) != null) {
            add(Kind.FLOAT, found.replace("_", ""));
        } else if ((found = take(INTEGER)) != null) {
            add(Kind.INTEGER, found.replace("_", ""));
        } else if ((found = take(NAME)) != null) {
            add(Kind.NAME, found);
        } else if ((found = take(STRING)) != null) {
            add(Kind.STRING, Escapes.resolve(found.substring(1, found.length() - 1)));
        } else if ((found = take(OPERATOR)) != null) {
            balance(open, found.charAt(0));
            add(Kind.OPERATOR, found);
        } else {
            throw error("unexpected char '" + Character.toString(source.codePointAt(at)) + "'");
        }
    }

    private void balance(Deque<Character> open, char bracket) {
        int closing = ")]}".indexOf(bracket);
        if ("([{".indexOf(bracket) >= 0) {
            open.push(bracket);
        } else if (closing >= 0 && (open.isEmpty() || open.pop() != "([{".charAt(closing))) {
            throw error("unexpected '" + bracket + "'");
        }
    }

    private @Nullable String take(Pattern pattern) {
        Matcher matcher = pattern.matcher(source).region(at, source.length()).useTransparentBounds(true);
        if (!matcher.lookingAt()) {
            return null;
        }
        moveTo(matcher.end());
        return matcher.group();
    }

    private void ended(int end) {
        moveTo(end);
        lineStarts = source.charAt(end - 1) == '\n';
    }

    private void moveTo(int next) {
        for (int i = at; i < next; i++) {
            line += source.charAt(i) == '\n' ? 1 : 0;
        }
        at = next;
        lineStarts = false;
    }

    private void add(Kind kind, String text) {
        if (kind != Kind.TEXT || !text.isEmpty()) {
            tokens.add(new Token(kind, text, line));
        }
    }

    private TemplateException error(String message) {
        return TemplateException.at(line, message);
    }
}
