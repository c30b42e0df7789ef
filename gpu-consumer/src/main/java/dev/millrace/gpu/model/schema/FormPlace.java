package dev.millrace.gpu.model.schema;

import java.util.BitSet;

/** How far one text has come in its form, token by token. */
public final class FormPlace {

    private static final double MARGIN = 1.25;

    private final CompiledForm form;
    private Automaton state;

    FormPlace(CompiledForm form) {
        this.form = form;
        this.state = form.start();
    }

    /** The tokens that may come next; not to be changed. */
    public BitSet allowed() {
        return form.vocabulary().allowed(state);
    }

    /** Those of them that bring the text nearest to its end; for one that is running out of room. Never none, not to be changed. */
    public BitSet closing() {
        return form.vocabulary().closing(state, allowed());
    }

    /** About how many bytes the text is from its nearest end. */
    public int leastBytes() {
        return state.leastBytes();
    }

    /**
     * About how many tokens the text is from its nearest end, rather too many than too few: worked out from how far a token
     * leads in this form.
     */
    public int leastTokens() {
        int bytes = state.leastBytes();
        return Math.min(bytes, (int) Math.ceil(MARGIN * bytes / form.bytesPerToken()));
    }

    /** Whether the text needs all of so many tokens to come to its end: it has a byte a token at least, and mostly several. */
    public boolean fills(int tokens) {
        return tokens <= leastBytes() && tokens <= leastTokens();
    }

    /** Goes on after a token; one that was not allowed leaves the text without any that is. */
    public void advance(int token) {
        if (!form.vocabulary().isEnd(token)) {
            state = form.vocabulary().read(state, token);
        }
    }

    /** Goes on after bytes that were part of a token. */
    public void read(byte[] octets) {
        for (byte octet : octets) {
            state = state.read(octet & 0xFF);
        }
    }

    /** Whether no text in the form begins like this one. */
    public boolean isAstray() {
        return state.isDead();
    }

    /** Whether the text may end here. */
    public boolean mayEnd() {
        return state.mayEnd();
    }
}
