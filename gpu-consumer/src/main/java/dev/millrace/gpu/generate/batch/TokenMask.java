package dev.millrace.gpu.generate.batch;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a choice, or parts of it, to a form: which tokens may come next, given those that came. Each choice has its own.
 */
public interface TokenMask {

    /**
     * The tokens that may come next, never none; null where any may. The end tokens are among them where the text may
     * end. Not to be changed by the caller, and valid until the next call of {@link #advance}.
     */
    @Nullable
    BitSet allowed();

    /** Whether any token may come next, an end too; told at once. */
    default boolean isFree() {
        return false;
    }

    /** Goes on after a token, one of those that were allowed. */
    void advance(int token);
}
