package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.djl.Span.Output;
import java.util.Arrays;
import java.util.List;

/**
 * A step laid out as {@code plan.py} reads it: one list of numbers for the host, one for the device. Spans of one token
 * are put first, so that the sequences that decode lie together; results keep the caller's order.
 */
final class StepPlan {

    private final EngineShape shape;
    private final Span[] spans;
    private final int[] rows;
    private final int[] order;
    private final IntList ints = new IntList();

    private StepPlan(EngineShape shape, List<Span> spans) {
        this.shape = shape;
        this.spans = spans.toArray(Span[]::new);
        this.rows = new int[this.spans.length];
        this.order = new int[this.spans.length];
    }

    /** The two lists. */
    record Packed(long[] counts, int[] ints) {}

    static Packed pack(Step step, EngineShape shape) {
        return new StepPlan(shape, step.spans()).pack();
    }

    private Packed pack() {
        if (spans.length == 0) {
            throw new IllegalArgumentException("a step reads at least one span");
        }
        int tokens = 0;
        int singles = 0;
        int at = 0;
        for (boolean single : new boolean[] {true, false}) {
            for (int i = 0; i < spans.length; i++) {
                if (spans[i].tokens().length == 1 == single) {
                    check(spans[i]);
                    order[at++] = i;
                    rows[i] = tokens;
                    tokens += spans[i].tokens().length;
                    singles += single ? 1 : 0;
                }
            }
        }
        addTokens();
        int draws = addRows(Output.DRAW);
        int scored = addRows(Output.LOGITS);
        int hidden = addRows(Output.HIDDEN);
        long[] head = {tokens, spans.length, singles, shape.blockTokens(), draws, scored, hidden};
        long[] counts = Arrays.copyOf(head, head.length + 4 * spans.length);
        addTables(counts, head.length);
        return new Packed(counts, ints.toArray());
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

    private void addTokens() {
        each((span, i) -> ints.add(span.tokens()[i]));
        each((span, i) -> ints.add(span.start() + i));
        each((span, i) -> {
            int position = span.start() + i;
            int block = checkBlock(span.blocks()[position / shape.blockTokens()]);
            ints.add(block * shape.blockTokens() + position % shape.blockTokens());
        });
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

    /** Lengths, starts, first slots of contexts that lie together (else -1), and where the block tables of the rest begin. */
    private void addTables(long[] counts, int at) {
        int tables = ints.size();
        int n = spans.length;
        for (int i = 0; i < n; i++) {
            Span span = spans[order[i]];
            int blocks = (span.end() + shape.blockTokens() - 1) / shape.blockTokens();
            boolean together = true;
            for (int block = 0; block < blocks; block++) {
                checkBlock(span.blocks()[block]);
                together &= span.blocks()[block] == span.blocks()[0] + block;
            }
            counts[at + i] = span.tokens().length;
            counts[at + n + i] = span.start();
            counts[at + 2 * n + i] = together ? (long) span.blocks()[0] * shape.blockTokens() : -1;
            counts[at + 3 * n + i] = ints.size() - tables;
            for (int block = 0; block < blocks && !together; block++) {
                ints.add(span.blocks()[block]);
            }
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
