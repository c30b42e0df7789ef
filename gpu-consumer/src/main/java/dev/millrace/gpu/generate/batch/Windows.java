package dev.millrace.gpu.generate.batch;

/**
 * Looks for neighbouring blocks to take: those whose contents are the least likely to be asked for again, away from those
 * who will want to grow.
 */
final class Windows {

    /** The age of a block that somebody holds. */
    static final long HELD = -1;

    /** The age of a block that holds nothing. */
    static final long BLANK = Long.MAX_VALUE;

    private static final int MOST_ROOM = 16;

    /** A small pool has no room to spare. */
    private static final int ROOM_SHARE = 64;

    private static final double ROUNDING = 1e-9;

    private final double[] worth;

    /** Blocks behind a held one that are left to it while there are others. */
    private final int room;

    Windows(int blocks) {
        worth = new double[blocks];
        room = Math.min(MOST_ROOM, blocks / ROOM_SHARE);
    }

    /** How long ago a block was let go of, counted in blocks let go of since. */
    interface Ages {
        long of(int block);
    }

    /** The first of so many neighbours; negative where there are none. */
    int find(int length, Ages ages) {
        int blankFrom = 0;
        int blankLength = 0;
        int run = 0;
        int sinceHeld = room;
        for (int block = 0; block < worth.length; block++) {
            long age = ages.of(block);
            sinceHeld = age == HELD ? 0 : sinceHeld + 1;
            worth[block] = age == HELD ? HELD : sinceHeld <= room ? 1 : worth(age);
            run = age == BLANK ? run + 1 : 0;
            if (run > blankLength) {
                blankLength = run;
                blankFrom = block + 1 - run;
            }
        }
        if (blankLength == worth.length) {
            return 0;
        }
        if (blankLength >= length + 2 * room) {
            // From the middle, which leaves room to grow to those before and behind.
            return blankFrom + (blankLength - length) / 2;
        }
        int roomy = length == 1 ? -1 : leastWorth(Math.min(worth.length, length + room));
        return roomy >= 0 ? roomy : leastWorth(length);
    }

    /** From 1 for what was just used to 0 for what holds nothing: what was used lately is likely to be used again. */
    private double worth(long age) {
        double rounds = (double) age / worth.length;
        return age == BLANK ? 0 : 1 / ((1 + rounds) * (1 + rounds));
    }

    private int leastWorth(int length) {
        int best = -1;
        double least = Double.MAX_VALUE;
        double sum = 0;
        int since = 0;
        for (int block = 0; block < worth.length; block++) {
            if (worth[block] == HELD) {
                since = block + 1;
                sum = 0;
                continue;
            }
            sum += worth[block];
            int first = block - length + 1;
            if (first > since) {
                sum -= worth[first - 1];
            }
            if (first >= since && sum < least - ROUNDING) {
                best = first;
                least = sum;
            }
        }
        return best;
    }
}
