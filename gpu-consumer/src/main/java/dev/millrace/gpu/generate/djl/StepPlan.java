package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.djl.Span.Output;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A step laid out as {@code plan.py} reads it: one list of numbers for the host, one for the device. Spans of one token
 * are put first, so that the sequences that decode lie together; results keep the caller's order.
 *
 * <p>Where those are to attend in groups, the longest come first, and a group is cut where padding would double it, or
 * where its copied contexts would be more than the cache holds.
 */
final class StepPlan {

    private static final int TABLES = 7;

    /** Contexts so short that their padding costs less than a call. */
    private static final int SHORT_BLOCKS = 8;

    private final EngineShape shape;
    private final boolean grouped;
    private final Span[] spans;
    private final int[] rows;
    private final int[] order;
    private final IntList ints = new IntList();

    private StepPlan(EngineShape shape, List<Span> spans, boolean grouped) {
        this.shape = shape;
        this.grouped = grouped && spans.size() > 1;
        this.spans = spans.toArray(Span[]::new);
        this.rows = new int[this.spans.length];
        this.order = new int[this.spans.length];
    }

    /** The two lists. */
    record Packed(long[] counts, int[] ints) {}

    /** @param grouped whether sequences that decode attend in groups */
    static Packed pack(Step step, EngineShape shape, boolean grouped) {
        return new StepPlan(shape, step.spans(), grouped).pack();
    }

    private Packed pack() {
        if (spans.length == 0) {
            throw new IllegalArgumentException("a step reads at least one span");
        }
        int singles = arrange();
        int tokens = addTokens();
        int draws = addRows(Output.DRAW);
        int scored = addRows(Output.LOGITS);
        int hidden = addRows(Output.HIDDEN);
        List<Integer> groups = grouped ? groups(singles) : List.of();
        long[] head = {tokens, spans.length, singles, shape.blockTokens(), draws, scored, hidden, 0, groups.size()};
        long[] counts = Arrays.copyOf(head, head.length + 4 * spans.length + 2 * groups.size());
        counts[TABLES] = addTables(counts, head.length, groups.isEmpty() ? 0 : singles);
        addGroups(counts, head.length + 4 * spans.length, groups);
        return new Packed(counts, ints.toArray());
    }

    /** Spans of one token first. Returns how many these are. */
    private int arrange() {
        int singles = 0;
        for (int i = 0; i < spans.length; i++) {
            check(spans[i]);
            if (spans[i].tokens().length == 1) {
                order[singles++] = i;
            }
        }
        int at = singles;
        for (int i = 0; i < spans.length; i++) {
            if (spans[i].tokens().length > 1) {
                order[at++] = i;
            }
        }
        if (grouped) {
            int[] byLength = Arrays.stream(order, 0, singles)
                    .boxed()
                    .sorted(Comparator.comparingInt((Integer i) -> spans[i].end())
                            .reversed())
                    .mapToInt(i -> i)
                    .toArray();
            System.arraycopy(byLength, 0, order, 0, singles);
        }
        int tokens = 0;
        for (int i : order) {
            rows[i] = tokens;
            tokens += spans[i].tokens().length;
        }
        return singles;
    }

    /** How many of the spans of one token each group takes. */
    private List<Integer> groups(int singles) {
        List<Integer> groups = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= singles; i++) {
            int longest = blocks(spans[order[from]]);
            boolean ends = i == singles
                    || (long) longest * (i + 1 - from) > shape.blocks()
                    || (longest > SHORT_BLOCKS && blocks(spans[order[i]]) * 2 < longest);
            if (ends) {
                groups.add(i - from);
                from = i;
            }
        }
        return groups;
    }

    private int blocks(Span span) {
        return (span.end() + shape.blockTokens() - 1) / shape.blockTokens();
    }

    private void check(Span span) {
        if (span.end() > shape.contextTokens() || span.end() > (long) span.blocks().length * shape.blockTokens()) {
            throw new IllegalArgumentException(
                    "a span ends at %d, past the context or its %d blocks".formatted(span.end(), span.blocks().length));
        }
        for (int token : span.tokens()) {
            if (token < 0 || token >= shape.logits()) {
                throw new IllegalArgumentException("no token has the id " + token);
            }
        }
    }

    private int checkBlock(int block) {
        if (block < 0 || block >= shape.blocks()) {
            throw new IllegalArgumentException("no block has the number " + block);
        }
        return block;
    }

    private int addTokens() {
        each((span, i) -> ints.add(span.tokens()[i]));
        int tokens = ints.size();
        each((span, i) -> ints.add(span.start() + i));
        each((span, i) -> {
            int position = span.start() + i;
            int block = checkBlock(span.blocks()[position / shape.blockTokens()]);
            ints.add(block * shape.blockTokens() + position % shape.blockTokens());
        });
        return tokens;
    }

    private interface TokenConsumer {
        void accept(Span span, int index);
    }

    private void each(TokenConsumer consumer) {
        for (int i : order) {
            for (int token = 0; token < spans[i].tokens().length; token++) {
                consumer.accept(spans[i], token);
            }
        }
    }

    private int addRows(Output output) {
        int before = ints.size();
        for (int i = 0; i < spans.length; i++) {
            if (spans[i].output() == output) {
                int last = spans[i].tokens().length - 1;
                for (int token = output == Output.DRAW ? last : 0; token <= last; token++) {
                    ints.add(rows[i] + token);
                }
            }
        }
        return ints.size() - before;
    }

    /**
     * Lengths, starts, first slots of contexts that lie together (else -1), and where the block tables of the rest begin;
     * those of the first spans, which attend in groups, are not needed. Returns how long these tables are.
     */
    private int addTables(long[] counts, int at, int inGroups) {
        int tables = ints.size();
        int n = spans.length;
        for (int i = 0; i < n; i++) {
            Span span = spans[order[i]];
            int blocks = blocks(span);
            boolean together = true;
            for (int block = 0; block < blocks; block++) {
                checkBlock(span.blocks()[block]);
                together &= span.blocks()[block] == span.blocks()[0] + block;
            }
            counts[at + i] = span.tokens().length;
            counts[at + n + i] = span.start();
            counts[at + 2 * n + i] = together ? (long) span.blocks()[0] * shape.blockTokens() : -1;
            counts[at + 3 * n + i] = ints.size() - tables;
            for (int block = 0; block < blocks && !together && i >= inGroups; block++) {
                ints.add(span.blocks()[block]);
            }
        }
        return ints.size() - tables;
    }

    /** Of each group: how many spans and blocks; where its contexts end; its block tables, padded with any block. */
    private void addGroups(long[] counts, int at, List<Integer> groups) {
        int first = 0;
        for (int group = 0; group < groups.size(); group++) {
            int count = groups.get(group);
            int longest = blocks(spans[order[first]]);
            counts[at + 2 * group] = count;
            counts[at + 2 * group + 1] = longest;
            for (int i = first; i < first + count; i++) {
                ints.add(spans[order[i]].end());
            }
            for (int i = first; i < first + count; i++) {
                Span span = spans[order[i]];
                int blocks = blocks(span);
                for (int block = 0; block < longest; block++) {
                    ints.add(block < blocks ? span.blocks()[block] : 0);
                }
            }
            first += count;
        }
    }

    /** Ints that grow. */
    private static final class IntList {
        private int[] values = new int[256];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            values[size++] = value;
        }

        int size() {
            return size;
        }

        int[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
