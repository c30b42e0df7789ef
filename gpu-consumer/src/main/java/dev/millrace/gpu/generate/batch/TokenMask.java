package dev.millrace.gpu.generate.batch;

import java.util.BitSet;

/** Keeps a choice to a form: which tokens may come next, given those that came. Each choice has its own. */
public interface TokenMask {

    /**
     * The tokens that may come next, never none; the end tokens are among them where the text may end. Not to be
     * changed by the caller, and valid until the next call of {@link #advance}.
     */
    BitSet allowed();

    /** Goes on after a token, one of those that were allowed. */
    void advance(int token);
}
