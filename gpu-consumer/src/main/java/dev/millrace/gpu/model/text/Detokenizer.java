package dev.millrace.gpu.model.text;

import dev.millrace.gpu.model.Utf8Decoder;
import dev.millrace.gpu.model.Vocabulary;
import java.util.function.IntPredicate;

/**
 * Turns one choice's tokens into text while they come. What {@link #push} gives ends with a whole character, the rest
 * waits for the next token; all that was given, with {@link #finish}, is what decoding all tokens at once gives. What
 * has been given after some tokens depends on those tokens alone, so replaying them restores the state.
 *
 * <pre>{@code
 * Detokenizer text = new Detokenizer(vocabulary, vocabulary::isSpecial);
 * String more = text.push(id);   // for each token
 * String last = text.finish();   // at the end
 * }</pre>
 */
public final class Detokenizer {

    private final Vocabulary vocabulary;
    private final IntPredicate silent;
    private final Utf8Decoder decoder = new Utf8Decoder();
    private boolean opening;

    /** @param silent tokens that are no part of the text, usually {@link Vocabulary#isSpecial} */
    public Detokenizer(Vocabulary vocabulary, IntPredicate silent) {
        this.vocabulary = vocabulary;
        this.silent = silent;
        this.opening = vocabulary.opensWithSpace();
    }

    /** The text that the token completes, often all of its own, sometimes none. */
    public String push(int id) {
        return silent.test(id) ? "" : opened(decoder.push(vocabulary.bytes(id)).take());
    }

    /** What still waits, broken as it is. */
    public String finish() {
        return opened(decoder.finish());
    }

    private String opened(String text) {
        if (opening && !text.isEmpty()) {
            opening = false;
            return text.startsWith(" ") ? text.substring(1) : text;
        }
        return text;
    }
}
