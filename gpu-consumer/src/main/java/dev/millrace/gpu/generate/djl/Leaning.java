package dev.millrace.gpu.generate.djl;

/**
 * Whether the last steps speak for weights that lie in columns. Laying them anew costs about what eight steps of one
 * stream lose without, or sixteen of several streams or of long prompts with it, so that is how long either has to last;
 * the more streams there are, the more they lose. Short prompts speak for neither: who asked goes on alone or among others
 * as before.
 */
final class Leaning {

    private static final int FULL = 16;

    /** So many rows the kernel for columns takes at once. */
    private static final int FEW = 2;

    /** So many rows at once take noticeably longer in columns. */
    private static final int LONG = 256;

    /** Each so many streams of a step count as a step of their own, up to so many steps: a moment decides nothing. */
    private static final int MANY = 4;

    private static final long MOST = 4;

    private long leaning;

    /**
     * A step is about to be made.
     *
     * @param tokens that it reads
     * @param streams that it writes on, a token each
     */
    void saw(long tokens, long streams) {
        if (tokens <= FEW) {
            leaning = Math.min(leaning + 2, FULL);
        } else if (streams > FEW || tokens >= LONG) {
            leaning = Math.max(leaning - weight(streams), 0);
        }
    }

    /** How many steps of a few streams one of so many counts as. */
    static long weight(long streams) {
        return Math.max(1, Math.min(streams / MANY, MOST));
    }

    boolean toColumns() {
        return leaning == FULL;
    }

    boolean fromColumns() {
        return leaning == 0;
    }
}
