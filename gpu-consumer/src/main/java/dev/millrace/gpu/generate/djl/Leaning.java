package dev.millrace.gpu.generate.djl;

/**
 * Whether the last steps speak for weights that lie in columns. Laying them anew costs about what eight steps of one
 * stream lose without, or sixteen of several streams with it, so that is how long either has to last. Prompts speak for neither:
 * who asked goes on alone or among others as before.
 */
final class Leaning {

    private static final int FULL = 16;

    /** So many rows the kernel for columns takes at once. */
    private static final int FEW = 2;

    private int leaning;

    /**
     * A step is about to be made.
     *
     * @param tokens that it reads
     * @param streams that it writes on, a token each
     */
    void saw(long tokens, long streams) {
        if (tokens <= FEW) {
            leaning = Math.min(leaning + 2, FULL);
        } else if (streams > FEW) {
            leaning = Math.max(leaning - 1, 0);
        }
    }

    boolean toColumns() {
        return leaning == FULL;
    }

    boolean fromColumns() {
        return leaning == 0;
    }
}
