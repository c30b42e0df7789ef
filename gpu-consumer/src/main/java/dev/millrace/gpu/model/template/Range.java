package dev.millrace.gpu.model.template;

import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/** Whole numbers at a step, none of them kept. */
final class Range extends AbstractList<Object> implements RandomAccess {

    private static final int LONGEST = 100_000;

    final long start;
    final long stop;
    final long step;
    private final int size;

    Range(long start, long stop, long step) {
        if (step == 0) {
            throw new TemplateException("range() arg 3 must not be zero");
        }
        this.start = start;
        this.stop = stop;
        this.step = step;
        double length = Math.ceil(((double) stop - (double) start) / step);
        if (length > LONGEST) {
            throw new TemplateException(
                    "Range too big. The sandbox blocks ranges larger than MAX_RANGE (" + LONGEST + ").");
        }
        size = (int) Math.max(0, length);
    }

    @Override
    public Object get(int index) {
        return start + step * Objects.checkIndex(index, size);
    }

    @Override
    public int size() {
        return size;
    }
}
