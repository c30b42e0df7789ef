package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.djl.Arrangement.Beginning;
import dev.millrace.gpu.generate.djl.Span.Output;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step laid out as {@code plan.py} reads it: one list of numbers for the host, one for the device. Spans are put as an
 * {@link Arrangement} has them; results keep the caller's order.
 */
final class StepPlan {

    private static final int TABLES = 7;
    private static final int GROUPS = 8;
    private static final int PLACED = 9;
    private static final int LONGEST = 10;
    private static final int BEGINNINGS = 11;
    private static final int LONGEST_BEGINNING = 12;
    private static final int QUERIES = 13;

    /** Numbers before those of the spans. */
    static final int HEAD = 14;

    /** Numbers of each span, then of each group, then of each beginning that is not read in place. */
    static final int OF_SPAN = 5;

    private static final int OF_GROUP = 2;
    private static final int OF_BEGINNING = 4;

    private final EngineShape shape;
    private final Span[] spans;
    private final Arrangement arranged;
    private final int[] order;
    private final int[] rows;

    /** Blocks of a span's context that are its beginning. */
    private final int[] begun;

    private final IntList ints = new IntList();

    private StepPlan(EngineShape shape, Span[] spans, Arrangement arranged) {
        this.shape = shape;
        this.spans = spans;
        this.arranged = arranged;
        this.order = arranged.order();
        this.rows = new int[spans.length];
        int row = 0;
        for (int i : order) {
            rows[i] = row;
            row += spans[i].tokens().length;
        }
        this.begun = arranged.begunBlocks(spans.length);
    }

    /** The two lists. */
    record Packed(long[] counts, int[] ints) {}

    /** What a frame is filled with, and the rows of it that are drawn for, scored and told, packed likewise. */
    record Framed(Packed body, Packed rows) {}

    /** A step of sequences that decode, in one call, filled up with one of them as often as it takes. */
    static Framed packInto(FrameShape frame, Step step, EngineShape shape) {
        Attending attending = frame.inPlace() ? Attending.IN_PLACE : Attending.GROUPED;
        Span[] spans = checked(step, shape);
        Arrangement arranged = Arrangement.of(spans, shape, attending).filledUp(frame.rows());
        return new StepPlan(shape, spans, arranged).packInto(frame);
    }

    private Framed packInto(FrameShape frame) {
        IntList wanted = new IntList();
        long[] rowCounts = {addRows(Output.DRAW, wanted), addRows(Output.LOGITS, wanted), addRows(Output.HIDDEN, wanted)
        };
        int n = order.length;
        long[] counts = new long[HEAD + OF_SPAN * n + (frame.inPlace() ? 0 : OF_GROUP)];
        counts[0] = addTokens();
        counts[1] = n;
        counts[2] = n;
        counts[3] = shape.blockTokens();
        Arrays.fill(counts, HEAD, HEAD + n, 1);
        if (frame.inPlace()) {
            addPlaced(counts, frame.blocks(), frame.begun());
        } else {
            counts[GROUPS] = 1;
            addGroup(counts, HEAD + OF_SPAN * n, 0, n, frame.blocks());
        }
        return new Framed(new Packed(counts, ints.toArray()), new Packed(rowCounts, wanted.toArray()));
    }

    static Packed pack(Step step, EngineShape shape, Attending attending) {
        Span[] spans = checked(step, shape);
        Attending suited = spans.length == 1 ? Attending.ALONE : attending;
        return new StepPlan(shape, spans, Arrangement.of(spans, shape, suited)).pack();
    }

    private Packed pack() {
        int tokens = addTokens();
        int draws = addRows(Output.DRAW, ints);
        int scored = addRows(Output.LOGITS, ints);
        int hidden = addRows(Output.HIDDEN, ints);
        List<Integer> groups = arranged.groups();
        boolean inPlace = arranged.placed() > 0;
        int afterSpans = HEAD + OF_SPAN * order.length;
        int afterGroups = afterSpans + OF_GROUP * groups.size();
        int apart = inPlace ? 0 : arranged.beginnings().size();
        long[] counts = new long[afterGroups + OF_BEGINNING * apart];
        long[] head = {tokens, order.length, arranged.singles(), shape.blockTokens(), draws, scored, hidden};
        System.arraycopy(head, 0, counts, 0, head.length);
        int tables = ints.size();
        addSpans(counts, tables, inPlace || !groups.isEmpty() ? arranged.singles() : 0);
        if (inPlace) {
            counts[TABLES] = ints.size() - tables;
            addPlaced(counts, arranged.longestPlaced(spans, shape), Begun.of(arranged));
        } else {
            addBeginnings(counts, afterGroups, tables);
            counts[TABLES] = ints.size() - tables;
        }
        addGroups(counts, afterSpans, arranged.placed(), groups);
        return new Packed(counts, ints.toArray());
    }

    private static Span[] checked(Step step, EngineShape shape) {
        if (step.spans().isEmpty()) {
            throw new IllegalArgumentException("a step reads at least one span");
        }
        step.spans().forEach(span -> span.check(shape));
        return step.spans().toArray(Span[]::new);
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

    private int addRows(Output output, IntList list) {
        int before = list.size();
        for (int i = 0; i < spans.length; i++) {
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
     * Lengths and starts; of what comes after their beginnings how much these are, the first slot where it lies together
     * (else -1), and where the table of its blocks begins. The first spans that attend in one call need no table.
     */
    private void addSpans(long[] counts, int tables, int inOneCall) {
        int n = order.length;
        for (int i = 0; i < n; i++) {
            Span span = spans[order[i]];
            int from = begun[order[i]];
            counts[HEAD + i] = span.tokens().length;
            counts[HEAD + n + i] = span.start();
            counts[HEAD + 2 * n + i] = (long) from * shape.blockTokens();
            boolean together = span.liesTogether(from, shape.blockTokens());
            counts[HEAD + 3 * n + i] = together ? slot(span, from) : -1;
            counts[HEAD + 4 * n + i] = ints.size() - tables;
            addTable(span, from, together || i < inOneCall ? from : span.blocksUsed(shape.blockTokens()));
        }
    }

    /** Of each: how many share it and how long it is; the first slot where it lies together, and where its table begins. */
    private void addBeginnings(long[] counts, int at, int tables) {
        int first = 0;
        int to = at;
        counts[BEGINNINGS] = arranged.beginnings().size();
        for (Beginning beginning : arranged.beginnings()) {
            Span span = spans[order[first]];
            boolean together = span.firstPiece(shape.blockTokens()) >= beginning.blocks();
            counts[to++] = beginning.count();
            counts[to++] = (long) beginning.blocks() * shape.blockTokens();
            counts[to++] = together ? slot(span, 0) : -1;
            counts[to++] = ints.size() - tables;
            addTable(span, 0, together ? 0 : beginning.blocks());
            first += beginning.count();
        }
    }

    private int slot(Span span, int block) {
        return checkBlock(span.blocks()[block]) * shape.blockTokens();
    }

    private void addTable(Span span, int from, int to) {
        for (int block = from; block < to; block++) {
            ints.add(checkBlock(span.blocks()[block]));
        }
    }

    /** Of those in place: in which slots what is their own begins, with one more number, and how long it is. */
    private void addPlaced(long[] counts, int longest, @Nullable Begun apart) {
        int placed = arranged.placed();
        counts[PLACED] = placed;
        counts[LONGEST] = (long) longest * shape.blockTokens();
        for (int i = 0; i < placed; i++) {
            ints.add(slot(spans[order[i]], begun[order[i]]));
        }
        ints.add(0);
        for (int i = 0; i < placed; i++) {
            ints.add(spans[order[i]].end() - begun[order[i]] * shape.blockTokens());
        }
        if (apart != null) {
            addBegun(counts, apart);
        }
    }

    /**
     * Of beginnings in place: with which query each begins to be read and where the last ends; in which slots they begin,
     * with one more number; how long they are. Then, of each query, whether it has one.
     */
    private void addBegun(long[] counts, Begun apart) {
        counts[BEGINNINGS] = apart.entries();
        counts[LONGEST_BEGINNING] = (long) apart.blocks() * shape.blockTokens();
        counts[QUERIES] = apart.queries();
        int placed = arranged.placed();
        int[] firsts = new int[apart.entries()];
        if (apart.byThemselves()) {
            Arrays.setAll(firsts, i -> i);
        } else {
            // Those that nobody needs are of no queries; the last is of no tokens and for all that have no beginning.
            Arrays.fill(firsts, arranged.begun());
            int first = 0;
            for (int i = 0; i < arranged.beginnings().size(); i++) {
                firsts[i] = first;
                first += arranged.beginnings().get(i).count();
            }
        }
        for (int first : firsts) {
            ints.add(first);
        }
        ints.add(placed);
        for (int first : firsts) {
            ints.add(first < placed ? slot(spans[order[first]], 0) : 0);
        }
        ints.add(0);
        for (int first : firsts) {
            ints.add(first < placed ? begun[order[first]] * shape.blockTokens() : 0);
        }
        for (int i = 0; i < placed; i++) {
            ints.add(begun[order[i]] > 0 ? 1 : 0);
        }
    }

    /** Of each group: how many spans and blocks; where its contexts end; its block tables, padded with any block. */
    private void addGroups(long[] counts, int at, int placed, List<Integer> groups) {
        int first = placed;
        counts[GROUPS] = groups.size();
        for (int group = 0; group < groups.size(); group++) {
            int count = groups.get(group);
            addGroup(counts, at + OF_GROUP * group, first, count, spans[order[first]].blocksUsed(shape.blockTokens()));
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
            int blocks = span.blocksUsed(shape.blockTokens());
            for (int block = 0; block < longest; block++) {
                ints.add(block < blocks ? checkBlock(span.blocks()[block]) : 0);
            }
        }
    }
}
