package dev.millrace.gpu.generate.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Whose contexts begin with the same blocks, be it a prompt that all send along or one of whose answers there are several:
 * what is there once can be read once for all of them.
 */
final class Beginnings {

    /** In fewer blocks there is nothing to be gained. */
    private static final int LEAST_BLOCKS = 2;

    private final Span[] spans;
    private final int blockTokens;
    private final int[] sorted;

    private Beginnings(Span[] spans, int[] candidates, int blockTokens) {
        this.spans = spans;
        this.blockTokens = blockTokens;
        this.sorted = Arrays.stream(candidates)
                .boxed()
                .sorted(this::compare)
                .mapToInt(i -> i)
                .toArray();
    }

    /** What several spans begin with. */
    record Shared(int[] members, int blocks) {}

    /**
     * The beginnings that save most when each span takes part in one at most.
     *
     * @param candidates which of the spans, each of one token
     */
    static List<Shared> of(Span[] spans, int[] candidates, int blockTokens) {
        List<Shared> found = new ArrayList<>();
        Beginnings beginnings = new Beginnings(spans, candidates, blockTokens);
        if (beginnings.any()) {
            beginnings.new Node(0, candidates.length).collect(0, new IntList(), found);
        }
        return found;
    }

    private boolean any() {
        return IntStream.range(1, sorted.length).anyMatch(i -> common(sorted[i - 1], sorted[i]) >= LEAST_BLOCKS);
    }

    /** Neighbours among the sorted that have something in common, in parts of those that have more; or one of them. */
    private final class Node {

        private final int from;
        private final int common;
        private final List<Node> parts = new ArrayList<>();
        private final Map<Integer, Long> saved = new HashMap<>();

        Node(int from, int to) {
            this.from = from;
            this.common = common(sorted[from], sorted[to - 1]);
            int first = from;
            for (int i = from + 1; i <= to && to - from > 1; i++) {
                if (i == to || common(sorted[first], sorted[i]) == common) {
                    parts.add(new Node(first, i));
                    first = i;
                }
            }
        }

        /**
         * Blocks that need not be read again, where each that shares nothing here saves so many {@code elsewhere}: who has
         * more in common with a few need not keep the others from sharing what all have.
         */
        private long saved(int elsewhere) {
            return parts.isEmpty()
                    ? elsewhere
                    : saved.computeIfAbsent(elsewhere, any -> Math.max(sum(elsewhere), shared()));
        }

        private long sum(int elsewhere) {
            return parts.stream().mapToLong(part -> part.saved(elsewhere)).sum();
        }

        /** Where those that share nothing in the parts share what all here have. It is read once. */
        private long shared() {
            return common < LEAST_BLOCKS ? 0 : sum(common) - common;
        }

        void collect(int elsewhere, IntList others, List<Shared> found) {
            if (parts.isEmpty()) {
                others.add(sorted[from]);
            } else if (shared() > sum(elsewhere)) {
                IntList members = new IntList();
                parts.forEach(part -> part.collect(common, members, found));
                found.add(new Shared(members.toArray(), common));
            } else {
                parts.forEach(part -> part.collect(elsewhere, others, found));
            }
        }
    }

    private int common(int one, int other) {
        int most = Math.min(full(one), full(other));
        int mismatch = Arrays.mismatch(spans[one].blocks(), 0, most, spans[other].blocks(), 0, most);
        return mismatch < 0 ? most : mismatch;
    }

    /** Blocks that are full of what was read before: where a token is being added is its owner's alone. */
    private int full(int span) {
        return Math.min(spans[span].blocks().length, spans[span].start() / blockTokens);
    }

    private int compare(int one, int other) {
        return Arrays.compare(spans[one].blocks(), 0, full(one), spans[other].blocks(), 0, full(other));
    }
}
