package dev.millrace.gpu.model.text;

import dev.millrace.gpu.model.Vocabulary;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
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

    /** A character has at most four bytes: three may wait. */
    private static final int LONGEST_WAIT = 3;

    private final Vocabulary vocabulary;
    private final IntPredicate silent;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final byte[] waiting = new byte[LONGEST_WAIT];
    private int waitingBytes;
    private boolean opening;

    /** @param silent tokens that are no part of the text, usually {@link Vocabulary#isSpecial} */
    public Detokenizer(Vocabulary vocabulary, IntPredicate silent) {
        this.vocabulary = vocabulary;
        this.silent = silent;
        this.opening = vocabulary.opensWithSpace();
    }

    /** The text that the token completes, often all of its own, sometimes none. */
    public String push(int id) {
        return silent.test(id) ? "" : decode(vocabulary.bytes(id), false);
    }

    /** What still waits, broken as it is. */
    public String finish() {
        return decode(new byte[0], true);
    }

    private String decode(byte[] bytes, boolean end) {
        ByteBuffer in = ByteBuffer.allocate(waitingBytes + bytes.length);
        in.put(waiting, 0, waitingBytes).put(bytes).flip();
        CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
        decoder.reset();
        decoder.decode(in, out, end);
        if (end) {
            decoder.flush(out);
        }
        waitingBytes = in.remaining();
        in.get(waiting, 0, waitingBytes);
        String text = out.flip().toString();
        if (opening && !text.isEmpty()) {
            opening = false;
            return text.startsWith(" ") ? text.substring(1) : text;
        }
        return text;
    }
}
