package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.batch.Chosen;
import dev.millrace.gpu.generate.batch.Row;
import dev.millrace.gpu.generate.batch.SamplingRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;

/** Packs rows for {@code sampling.py} and reads its answer: the two must agree on every place. */
final class Draws {

    private static final int WAYS = 4;
    private static final int NARROW = 64;
    private static final int WIDE = 1024;

    private final List<Row> rows;
    private final int vocabulary;
    private final List<Integer> told = new ArrayList<>();
    private final int alternatives;

    Draws(List<Row> rows, int vocabulary) {
        this.rows = rows;
        this.vocabulary = vocabulary;
        int most = 0;
        for (int i = 0; i < rows.size(); i++) {
            int wanted = rows.get(i).rule().alternatives();
            if (wanted >= 0) {
                told.add(i);
                most = Math.max(most, wanted);
            }
        }
        this.alternatives = Math.min(most, vocabulary);
    }

    Draw packed() {
        List<List<Integer>> ways = ways();
        List<Integer> masked = indices(row -> row.allowed() != null);
        int edits = rows.stream().mapToInt(row -> row.edited().length).sum();
        boolean plain = told.isEmpty()
                && masked.isEmpty()
                && edits == 0
                && ways.stream().allMatch(List::isEmpty);
        if (plain) {
            return Draw.greedy();
        }
        Ints ints = new Ints();
        Floats floats = new Floats();
        told.forEach(ints::add);
        packEdits(ints, floats);
        int words = masked.isEmpty() ? 0 : (vocabulary + 31) / 32;
        packMasks(masked, words, ints);
        ways.forEach(way -> packWay(way, ints, floats));
        long[] counts = {
            edits,
            masked.size(),
            words,
            ways.get(0).size(),
            ways.get(1).size(),
            ways.get(2).size(),
            ways.get(3).size(),
            told.size(),
            alternatives
        };
        return new Draw(counts, ints.array(), floats.array());
    }

    /** Which rows are drawn which way. A row's way follows from its own rule, so no neighbour can change its answer. */
    private List<List<Integer>> ways() {
        List<List<Integer>> ways = new ArrayList<>();
        for (int way = 0; way < WAYS; way++) {
            int wanted = way;
            ways.add(indices(row -> wayOf(row.rule()) == wanted));
        }
        return ways;
    }

    private static int wayOf(SamplingRule rule) {
        if (rule.isGreedy()) {
            return -1;
        }
        if (rule.topK() == 0) {
            return rule.topP() < 1 ? 1 : 3;
        }
        return rule.topK() <= NARROW ? 0 : rule.topK() <= WIDE ? 1 : 2;
    }

    private List<Integer> indices(Predicate<Row> wanted) {
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (wanted.test(rows.get(i))) {
                indices.add(i);
            }
        }
        return indices;
    }

    private void packEdits(Ints ints, Floats floats) {
        for (int i = 0; i < rows.size(); i++) {
            for (int edit = 0; edit < rows.get(i).edited().length; edit++) {
                ints.add(i);
            }
        }
        rows.forEach(row -> ints.addAll(row.edited()));
        rows.forEach(row -> floats.addAll(row.divide()));
        rows.forEach(row -> floats.addAll(row.add()));
    }

    private void packMasks(List<Integer> masked, int words, Ints ints) {
        masked.forEach(ints::add);
        for (int row : masked) {
            BitSet allowed = rows.get(row).allowed();
            long[] bits = allowed == null ? new long[0] : allowed.toLongArray();
            for (int word = 0; word < words; word++) {
                long pair = word / 2 < bits.length ? bits[word / 2] : 0;
                ints.add((int) (word % 2 == 0 ? pair : pair >>> 32));
            }
        }
    }

    private void packWay(List<Integer> way, Ints ints, Floats floats) {
        way.forEach(ints::add);
        way.forEach(row -> ints.add(rows.get(row).rule().topK()));
        way.forEach(row -> ints.add((int) (rows.get(row).noiseKey() >>> 32)));
        way.forEach(row -> ints.add((int) rows.get(row).noiseKey()));
        way.forEach(row -> floats.add((float) rows.get(row).rule().temperature()));
        way.forEach(row -> floats.add((float) rows.get(row).rule().topP()));
        way.forEach(row -> floats.add((float) rows.get(row).rule().minP()));
    }

    /** What was chosen, row by row. */
    List<Chosen> read(long[] ints, float[] floats) {
        List<Chosen> chosen = new ArrayList<>();
        int teller = 0;
        for (int i = 0; i < rows.size(); i++) {
            int wanted = rows.get(i).rule().alternatives();
            if (wanted < 0) {
                chosen.add(Chosen.bare((int) ints[i]));
                continue;
            }
            int beside = Math.min(wanted, alternatives);
            int from = teller * alternatives;
            int[] top = new int[beside];
            Arrays.setAll(top, k -> (int) ints[rows.size() + from + k]);
            float[] topLogprobs = Arrays.copyOfRange(floats, told.size() + from, told.size() + from + beside);
            chosen.add(new Chosen((int) ints[i], floats[teller], top, topLogprobs));
            teller++;
        }
        return chosen;
    }

    private static final class Ints {
        private int[] values = new int[64];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            values[size++] = value;
        }

        void addAll(int[] more) {
            for (int value : more) {
                add(value);
            }
        }

        int[] array() {
            return Arrays.copyOf(values, size);
        }
    }

    private static final class Floats {
        private float[] values = new float[64];
        private int size;

        void add(float value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            values[size++] = value;
        }

        void addAll(float[] more) {
            for (float value : more) {
                add(value);
            }
        }

        float[] array() {
            return Arrays.copyOf(values, size);
        }
    }
}
