package dev.millrace.gpu.generate.batch;

import dev.millrace.gpu.model.schema.FormPlace;
import java.util.BitSet;
import java.util.function.IntFunction;

/**
 * A form, and the thought that may come before it. Where the room for the answer runs out, the thought is brought to its
 * end and the form closes what can be closed, so that what was written is whole.
 */
final class ThoughtMask implements TokenMask {

    /** Tokens of white space that may come between a thought and the form. */
    private static final int MOST_SPACES = 4;

    /** Tokens kept for closing the form, or a quarter of all where they are few. */
    private static final int MOST_RESERVED = 256;

    enum Place {
        /** At the beginning: a thought may open. */
        BEFORE,
        THOUGHT,
        /** After a thought, with nothing of the form yet. */
        AFTER,
        FORM
    }

    /**
     * @param open negative where a thought cannot be opened
     * @param thinkable what may come within a thought
     * @param spaces tokens of nothing but white space
     * @param bytes what each token adds to the text
     */
    record Tokens(int open, int close, BitSet thinkable, BitSet spaces, IntFunction<byte[]> bytes) {}

    private final Tokens tokens;
    private final FormPlace form;
    private final EndTag endTag;
    private Place place;
    private int spaces;
    private int left;
    private final int reserved;
    private final BitSet closeOnly = new BitSet();

    /** @param room tokens that the answer may have in all */
    ThoughtMask(Tokens tokens, FormPlace form, Place place, int room) {
        this.left = room;
        this.reserved = reserved(room);
        if (tokens.close >= 0) {
            closeOnly.set(tokens.close);
        }
        this.tokens = tokens;
        this.endTag = new EndTag(tokens.thinkable, tokens.bytes);
        this.form = form;
        this.place = place;
    }

    /** Tokens kept for closing what is in a form, of those that there are at its beginning. */
    static int reserved(int room) {
        return Math.min(MOST_RESERVED, room / 4);
    }

    @Override
    public BitSet allowed() {
        return switch (place) {
            case FORM -> mustClose() ? form.closing() : form.allowed();
            case THOUGHT -> left > 2 * reserved ? endTag.allowed() : closeOnly;
            case BEFORE -> {
                BitSet either = (BitSet) form.allowed().clone();
                either.set(tokens.open);
                yield either;
            }
            case AFTER -> {
                BitSet either = (BitSet) form.allowed().clone();
                if (spaces < MOST_SPACES) {
                    either.or(tokens.spaces);
                }
                yield either;
            }
        };
    }

    private boolean mustClose() {
        return left <= reserved || form.fills(left);
    }

    @Override
    public void advance(int token) {
        left--;
        switch (place) {
            case FORM -> form.advance(token);
            case THOUGHT -> {
                place = token == tokens.close ? Place.AFTER : Place.THOUGHT;
                endTag.advance(token);
            }
            case BEFORE -> {
                place = token == tokens.open ? Place.THOUGHT : Place.FORM;
                if (place == Place.FORM) {
                    form.advance(token);
                }
            }
            case AFTER -> {
                if (tokens.spaces.get(token) && spaces < MOST_SPACES) {
                    spaces++;
                } else {
                    place = Place.FORM;
                    form.advance(token);
                }
            }
        }
    }
}
