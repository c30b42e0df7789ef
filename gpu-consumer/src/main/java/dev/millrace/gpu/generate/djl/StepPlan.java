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
 * <p>Where those are to attend in place, they come first of whom the blocks lie together. Where the others are to attend
 * in groups, the longest come first, and a group is cut where padding would double it, or where its copied contexts would
 * be more than the cache holds.
 */
final class StepPlan {

    private static final int TABLES = 7;
    private static final int GROUPS = 8;
    private static final int PLACED = 9;
    private static final int LONGEST = 10;

    /** Numbers before those of the spans. */
    static final int HEAD = 11;

    /** Contexts so short that their padding costs less than a call. */
    private static final int SHORT_BLOCKS = 8;

    private final EngineShape shape;
    private final Attending attending;
    private final Span[] spans;
    private final int[] rows;
    private final int[] order;
    private final boolean[] together;
    private final IntList ints = new IntList();

    private StepPlan(EngineShape shape, List<Span> spans, Attending attending) {
        this.shape = shape;
        this.attending = attending;
        this.spans = spans.toArray(Span[]::new);
        this.rows = new int[this.spans.length];
        this.order = new int[this.spans.length];
        this.together = new boolean[this.spans.length];
    }

    /** The two lists. */
    record Packed(long[] counts, int[] ints) {}

    /** What a frame is filled with, and the rows of it that are drawn for, scored and told, packed likewise. */
    record Framed(Packed body, Packed rows) {}

    /** A step of sequences that decode, in one call, filled up with its first as often as it takes. */
    static Framed packInto(FrameShape frame, Step step, EngineShape shape) {
        List<Span> spans = new ArrayList<>(step.spans());
        while (spans.size() < frame.rows()) {
            spans.add(spans.get(0));
        }
        return new StepPlan(shape, spans, frame.inPlace() ? Attending.IN_PLACE : Attending.GROUPED)
                .packInto(frame, step.spans().size());
    }

    private Framed packInto(FrameShape frame, int asked) {
        arrange();
        IntList wanted = new IntList();
        long[] rowCounts = {
            addRows(Output.DRAW, asked, wanted),
            addRows(Output.LOGITS, asked, wanted),
            addRows(Output.HIDDEN, asked, wanted)
        };
        int n = spans.length;
        long[] counts = new long[HEAD + 4 * n + (frame.inPlace() ? 0 : 2)];
        counts[0] = addTokens();
        counts[1] = n;
        counts[2] = n;
        counts[3] = shape.blockTokens();
        Arrays.fill(counts, HEAD, HEAD + n, 1);
        if (frame.inPlace()) {
            addPlaced(counts, n, frame.blocks());
        } else {
            counts[GROUPS] = 1;
            addGroup(counts, HEAD + 4 * n, 0, n, frame.blocks());
        }
        return new Framed(new Packed(counts, ints.toArray()), new Packed(rowCounts, wanted.toArray()));
    }

    static Packed pack(Step step, EngineShape shape, Attending attending) {
        return new StepPlan(shape, step.spans(), step.spans().size() == 1 ? Attending.ALONE : attending).pack();
    }

    private Packed pack() {
        if (spans.length == 0) {
            throw new IllegalArgumentException("a step reads at least one span");
        }
        int singles = arrange();
        int tokens = addTokens();
        int draws = addRows(Output.DRAW, spans.length, ints);
        int scored = addRows(Output.LOGITS, spans.length, ints);
        int hidden = addRows(Output.HIDDEN, spans.length, ints);
        int placed = placed(singles);
        List<Integer> groups = attending == Attending.ALONE ? List.of() : groups(placed, singles);
        long[] head = {tokens, spans.length, singles, shape.blockTokens(), draws, scored, hidden, 0, groups.size(), 0, 0
        };
        long[] counts = Arrays.copyOf(head, HEAD + 4 * spans.length + 2 * groups.size());
        counts[TABLES] = addTables(counts, HEAD, attending == Attending.ALONE ? 0 : singles);
        if (placed > 0) {
            addPlaced(counts, placed, blocks(spans[order[0]]));
        }
        addGroups(counts, HEAD + 4 * spans.length, placed, groups);
        return new Packed(counts, ints.toArray());
    }

    /** How many of the spans of one token attend in place: those that {@link #arrange} has put first. */
    private int placed(int singles) {
        int placed = 0;
        while (attending == Attending.IN_PLACE && placed < singles && together[order[placed]]) {
            placed++;
        }
        return placed;
    }

    /** Spans of one token first. Returns how many these are. */
    private int arrange() {
        int singles = 0;
        for (int i = 0; i < spans.length; i++) {
            check(spans[i]);
            together[i] = spans[i].liesTogether(shape.blockTokens());
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
        if (attending != Attending.ALONE) {
            int[] byLength = Arrays.stream(order, 0, singles)
                    .boxed()
                    .sorted(Comparator.comparing((Integer i) -> attending == Attending.IN_PLACE && together[i])
                            .thenComparing(i -> spans[i].end())
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

    /** How many of the spans of one token from {@code first} on each group takes. */
    private List<Integer> groups(int first, int singles) {
        List<Integer> groups = new ArrayList<>();
        int from = first;
        for (int i = first + 1; i <= singles; i++) {
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

    /** Of the first so many spans. */
    private int addRows(Output output, int asked, IntList list) {
        int before = list.size();
        for (int i = 0; i < asked; i++) {
            if (spans[i].output() == output) {
                int last = spans[i].tokens().length - 1;
                for (int token = output == Output.DRAW ? last : 0; token <= last; token++) {
                    list.add(rows[i] + token);
                }
            }
        }
        return list.size() - before;
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
            for (int block = 0; block < blocks; block++) {
                checkBlock(span.blocks()[block]);
            }
            counts[at + i] = span.tokens().length;
            counts[at + n + i] = span.start();
            counts[at + 2 * n + i] = together[order[i]] ? (long) span.blocks()[0] * shape.blockTokens() : -1;
            counts[at + 3 * n + i] = ints.size() - tables;
            for (int block = 0; block < blocks && !together[order[i]] && i >= inGroups; block++) {
                ints.add(span.blocks()[block]);
            }
        }
        return ints.size() - tables;
    }

    /** Of the first so many: in which slots their contexts begin, with one more number, and how long they are. */
    private void addPlaced(long[] counts, int placed, int longest) {
        counts[PLACED] = placed;
        counts[LONGEST] = (long) longest * shape.blockTokens();
        for (int i = 0; i < placed; i++) {
            ints.add(checkBlock(spans[order[i]].blocks()[0]) * shape.blockTokens());
        }
        ints.add(0);
        for (int i = 0; i < placed; i++) {
            ints.add(spans[order[i]].end());
        }
    }

    /** Of each group: how many spans and blocks; where its contexts end; its block tables, padded with any block. */
    private void addGroups(long[] counts, int at, int placed, List<Integer> groups) {
        int first = placed;
        for (int group = 0; group < groups.size(); group++) {
            int count = groups.get(group);
            addGroup(counts, at + 2 * group, first, count, blocks(spans[order[first]]));
            first += count;
        }
    }

    private void addGroup(long[] counts, int at, int first, int count, int longest) {
        counts[at] = count;
        counts[at + 1] = longest;
        for (int i = first; i < first + count; i++) {
            ints.add(spans[order[i]].end());
        }
        for (int i = first; i < first + count; i++) {
            Span span = spans[order[i]];
            int blocks = blocks(span);
            for (int block = 0; block < longest; block++) {
                ints.add(block < blocks ? checkBlock(span.blocks()[block]) : 0);
            }
        }
    }
}
