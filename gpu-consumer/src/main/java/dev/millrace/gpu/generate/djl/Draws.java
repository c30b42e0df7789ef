package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.batch.Chosen;
import dev.millrace.gpu.generate.batch.Row;
import dev.millrace.gpu.generate.batch.SamplingRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Packs rows for {@code sampling.py} and reads its answer: the two must agree on every place. */
final class Draws {

    /** Ways to draw a row, in the order in which they are packed. */
    private enum Way {
        GREEDY,
        NARROW,
        OPEN,
        WIDE,
        BROAD,
        BROADEST;

        private static final int MOST_NARROW = 64;
        private static final int MOST_WIDE = 1024;
        private static final int MOST_BROAD = 16_384;

        /** A row's way follows from its own rule, so no neighbour can change its answer. */
        static Way of(SamplingRule rule, int vocabulary) {
            if (rule.isGreedy()) {
                return GREEDY;
            }
            if (rule.topK() == 0 || rule.topK() >= vocabulary) {
                return OPEN;
            }
            if (rule.topK() <= MOST_NARROW) {
                return NARROW;
            }
            return rule.topK() <= MOST_WIDE ? WIDE : rule.topK() <= MOST_BROAD ? BROAD : BROADEST;
        }
    }

    private final List<Row> rows;
    private final int vocabulary;
    private final int alternatives;
    private final int[] told;
    private final int[] masked;
    private final int[][] ways = new int[Way.values().length][];
    private final int edits;

    Draws(List<Row> rows, int vocabulary) {
        this.rows = rows;
        this.vocabulary = vocabulary;
        Indices tellers = new Indices(rows.size());
        Indices bound = new Indices(rows.size());
        Indices[] drawn = new Indices[ways.length];
        Arrays.setAll(drawn, way -> new Indices(rows.size()));
        int most = 0;
        int edited = 0;
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            edited += row.edited().length;
            drawn[Way.of(row.rule(), vocabulary).ordinal()].add(i);
            if (row.allowed() != null) {
                bound.add(i);
            }
            if (row.rule().alternatives() >= 0) {
                tellers.add(i);
                most = Math.max(most, row.rule().alternatives());
            }
        }
        Arrays.setAll(ways, way -> drawn[way].array());
        this.told = tellers.array();
        this.masked = bound.array();
        this.edits = edited;
        this.alternatives = Math.min(most, vocabulary);
    }

    Draw packed() {
        boolean plain = ways[Way.GREEDY.ordinal()].length == rows.size();
        if (plain && told.length == 0 && masked.length == 0 && edits == 0) {
            return Draw.greedy();
        }
        int words = masked.length == 0 ? 0 : (vocabulary + 31) / 32;
        int greedy = ways[Way.GREEDY.ordinal()].length;
        int drawn = rows.size() - greedy;
        int[] ints = new int[told.length + 2 * edits + masked.length * (1 + words) + greedy + 4 * drawn];
        float[] floats = new float[2 * edits + 3 * drawn];
        int at = put(told, ints, 0);
        at = packEdits(ints, at, floats);
        at = packMasks(words, ints, at);
        int from = 2 * edits;
        for (Way way : Way.values()) {
            at = put(ways[way.ordinal()], ints, at);
            if (way != Way.GREEDY) {
                packWay(ways[way.ordinal()], ints, at, floats, from);
                at += 3 * ways[way.ordinal()].length;
                from += 3 * ways[way.ordinal()].length;
            }
        }
        long[] counts = new long[5 + ways.length];
        counts[0] = edits;
        counts[1] = masked.length;
        counts[2] = words;
        for (int way = 0; way < ways.length; way++) {
            counts[3 + way] = ways[way].length;
        }
        counts[3 + ways.length] = told.length;
        counts[4 + ways.length] = alternatives;
        return new Draw(counts, ints, floats);
    }

    private static int put(int[] values, int[] ints, int at) {
        System.arraycopy(values, 0, ints, at, values.length);
        return at + values.length;
    }

    private int packEdits(int[] ints, int start, float[] floats) {
        int at = start;
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            int count = row.edited().length;
            Arrays.fill(ints, at, at + count, i);
            System.arraycopy(row.edited(), 0, ints, at + edits, count);
            System.arraycopy(row.divide(), 0, floats, at - start, count);
            System.arraycopy(row.add(), 0, floats, at - start + edits, count);
            at += count;
        }
        return start + 2 * edits;
    }

    private int packMasks(int words, int[] ints, int start) {
        int at = put(masked, ints, start);
        for (int row : masked) {
            BitSet allowed = rows.get(row).allowed();
            long[] bits = allowed == null ? new long[0] : allowed.toLongArray();
            for (int word = 0; word < words && word / 2 < bits.length; word++) {
                ints[at + word] = (int) (word % 2 == 0 ? bits[word / 2] : bits[word / 2] >>> 32);
            }
            at += words;
        }
        return at;
    }

    private void packWay(int[] way, int[] ints, int at, float[] floats, int from) {
        int n = way.length;
        for (int i = 0; i < n; i++) {
            Row row = rows.get(way[i]);
            ints[at + i] = row.rule().topK();
            ints[at + n + i] = (int) (row.noiseKey() >>> 32);
            ints[at + 2 * n + i] = (int) row.noiseKey();
            floats[from + i] = (float) row.rule().temperature();
            floats[from + n + i] = (float) row.rule().topP();
            floats[from + 2 * n + i] = (float) row.rule().minP();
        }
    }

    /**
     * What was chosen, row by row.
     *
     * @throws IllegalStateException where a row's logits gave nothing to choose
     */
    List<Chosen> read(long[] ints, float[] floats) {
        List<Chosen> chosen = new ArrayList<>(rows.size());
        int teller = 0;
        for (int i = 0; i < rows.size(); i++) {
            int wanted = rows.get(i).rule().alternatives();
            if (ints[i] < 0) {
                throw new IllegalStateException("the model's logits are no numbers");
            }
            if (wanted < 0) {
                chosen.add(Chosen.bare((int) ints[i]));
                continue;
            }
            int beside = Math.min(wanted, alternatives);
            int from = teller * alternatives;
            int[] top = new int[beside];
            Arrays.setAll(top, k -> (int) ints[rows.size() + from + k]);
            float[] topLogprobs = Arrays.copyOfRange(floats, told.length + from, told.length + from + beside);
            chosen.add(new Chosen((int) ints[i], floats[teller], top, topLogprobs));
            teller++;
        }
        return chosen;
    }

    /** Numbers of rows, at most as many as there are. */
    private static final class Indices {
        private final int[] values;
        private int size;

        Indices(int most) {
            values = new int[most];
        }

        void add(int value) {
            values[size++] = value;
        }

        int[] array() {
            return Arrays.copyOf(values, size);
        }
    }
}
