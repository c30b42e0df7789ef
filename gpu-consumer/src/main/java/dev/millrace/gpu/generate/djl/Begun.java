package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.djl.Arrangement.Beginning;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the beginnings of contexts are read in place: in one call for those that many share, whose queries then attend side by
 * side, or for each query by itself.
 *
 * @param entries beginnings, and one of no tokens for those that have none; one for each query if each is by itself
 * @param queries of one entry at most
 * @param blocks of the longest
 */
record Begun(int entries, int queries, int blocks) {

    /** A GPU shares a context among its processors for single queries only. */
    private static final int FEW = 8;

    /** Null where nothing is to be read apart. */
    static @Nullable Begun of(Arrangement arranged) {
        List<Beginning> beginnings = arranged.beginnings();
        int blocks = beginnings.stream().mapToInt(Beginning::blocks).max().orElse(0);
        int most = beginnings.stream().mapToInt(Beginning::count).max().orElse(0);
        if (most == 0) {
            return null;
        }
        return most <= FEW
                ? new Begun(arranged.placed(), 1, blocks)
                : new Begun(beginnings.size() + 1, arranged.placed(), blocks);
    }

    boolean byThemselves() {
        return queries == 1;
    }
}
