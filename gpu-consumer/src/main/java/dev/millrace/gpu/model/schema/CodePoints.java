package dev.millrace.gpu.model.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A set of characters as ascending ranges that do not touch. */
record CodePoints(List<Range> ranges) {

    record Range(int first, int last) {}

    static final int MAX = 0x10FFFF;
    static final CodePoints ALL = new CodePoints(List.of(new Range(0, MAX)));
    static final CodePoints DIGITS = of('0', '9');
    static final CodePoints WORD = union(List.of(of('a', 'z'), of('A', 'Z'), DIGITS, of('_', '_')));
    static final CodePoints SPACES = union(List.of(
            of('\t', '\r'),
            of(' ', ' '),
            of(0xA0, 0xA0),
            of(0x1680, 0x1680),
            of(0x2000, 0x200A),
            of(0x2028, 0x2029),
            of(0x202F, 0x202F),
            of(0x205F, 0x205F),
            of(0x3000, 0x3000),
            of(0xFEFF, 0xFEFF)));
    static final CodePoints LINE_ENDS = union(List.of(of('\n', '\n'), of('\r', '\r'), of(0x2028, 0x2029)));

    static CodePoints of(int first, int last) {
        return new CodePoints(List.of(new Range(first, last)));
    }

    static CodePoints union(List<CodePoints> sets) {
        List<Range> sorted = new ArrayList<>();
        sets.forEach(set -> sorted.addAll(set.ranges));
        sorted.sort(Comparator.comparingInt(Range::first));
        List<Range> merged = new ArrayList<>();
        for (Range range : sorted) {
            int at = merged.size() - 1;
            if (at >= 0 && range.first <= merged.get(at).last + 1) {
                merged.set(at, new Range(merged.get(at).first, Math.max(merged.get(at).last, range.last)));
            } else {
                merged.add(range);
            }
        }
        return new CodePoints(List.copyOf(merged));
    }

    /** Without ranges of nothing but halves of surrogate pairs, which no text has. */
    CodePoints withoutHalves() {
        boolean has = ranges.stream().anyMatch(CodePoints::isHalves);
        return has
                ? new CodePoints(
                        ranges.stream().filter(range -> !isHalves(range)).toList())
                : this;
    }

    private static boolean isHalves(Range range) {
        return range.first >= Character.MIN_SURROGATE && range.last <= Character.MAX_SURROGATE;
    }

    CodePoints complement() {
        List<Range> others = new ArrayList<>();
        int from = 0;
        for (Range range : ranges) {
            if (range.first > from) {
                others.add(new Range(from, range.first - 1));
            }
            from = range.last + 1;
        }
        if (from <= MAX) {
            others.add(new Range(from, MAX));
        }
        return new CodePoints(List.copyOf(others));
    }
}
