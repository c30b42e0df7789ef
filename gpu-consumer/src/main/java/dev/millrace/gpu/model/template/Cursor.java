package dev.millrace.gpu.model.template;

import dev.millrace.gpu.model.template.Token.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/** A place in a template's tokens, and the names met on the way. */
final class Cursor {

    private static final int MOST_LEVELS = 100;

    private final List<Token> tokens;
    private Set<String> names = new HashSet<>();
    private Frame frame = Frame.whole();
    private int at;
    private int levels;

    Cursor(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token now() {
        return tokens.get(at);
    }

    Token ahead() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = now();
        if (token.kind() != Kind.END) {
            at++;
        }
        return token;
    }

    boolean skipOperator(String operator) {
        return skip(now().isOperator(operator));
    }

    boolean skipName(String name) {
        return skip(now().isName(name));
    }

    private boolean skip(boolean found) {
        if (found) {
            at++;
        }
        return found;
    }

    Token expect(Kind kind) {
        if (now().kind() != kind) {
            throw unexpected();
        }
        return next();
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("expected '" + operator + "', got ");
        }
    }

    TemplateException unexpected() {
        return unexpected("unexpected ");
    }

    private TemplateException unexpected(String prefix) {
        Token token = now();
        String what = token.text().isEmpty()
                ? token.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                : "'" + token.text() + "'";
        return error(prefix + what);
    }

    TemplateException error(String message) {
        return TemplateException.at(now().line(), message);
    }

    void enter() {
        if (++levels > MOST_LEVELS) {
            throw error("nested deeper than " + MOST_LEVELS + " levels");
        }
    }

    void leave() {
        levels--;
    }

    void met(String name) {
        names.add(name);
        frame.reads(name);
    }

    /** The part of the template that the place is in. */
    Frame frame() {
        return frame;
    }

    /** Reads on in another part. */
    <T> T in(Frame part, Supplier<T> reading) {
        Frame before = frame;
        frame = part;
        T result = reading.get();
        frame = before;
        return result;
    }

    /** Starts a new collection of names and gives the one so far, to be handed back to {@link #names(Set)}. */
    Set<String> collect() {
        Set<String> before = names;
        names = new HashSet<>();
        return before;
    }

    /** The names met since {@link #collect}; the earlier ones are taken up again. */
    Set<String> names(Set<String> before) {
        Set<String> met = names;
        names = before;
        names.addAll(met);
        return met;
    }
}
