package dev.millrace.gpu.generate.djl;

import ai.djl.pytorch.jni.IValue;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What lies in columns: matrices, from how many weights on, and the keys of attention.
 *
 * @param laid as soon as it is loaded, where the processor knows no bfloat16: bytes are laid so then, and what is kept
 *     in bfloat16 in float16
 * @param later from how many weights on a model answers before it is laid in float16
 * @param moved while one or two streams write, elsewhere
 * @param crosswise keys, on a CPU whose sequences attend one by one
 */
record Columns(OptionalLong laid, long later, OptionalLong moved, Crosswise crosswise) {

    /** Whether keys lie in the columns of their blocks, as {@code heads_grouped.py} reads it. */
    enum Crosswise {
        NEVER,
        /** Where the processor knows no bfloat16. */
        WHERE_QUICKER,
        ALWAYS
    }

    /** Smaller ones are multiplied as quickly as they lie. */
    private static final long WORTH_LAYING = 1 << 17;

    /** Others take less than a second. */
    private static final long WORTH_ANSWERING_BEFORE = 50_000_000;

    /** As is best on this machine. */
    static Columns here() {
        return new Columns(
                OptionalLong.of(WORTH_LAYING), WORTH_ANSWERING_BEFORE, Tiles.worthMoving(), Crosswise.WHERE_QUICKER);
    }

    static Columns never() {
        return new Columns(OptionalLong.empty(), Long.MAX_VALUE, OptionalLong.empty(), Crosswise.NEVER);
    }

    /** All that can be, from loading on. */
    static Columns always() {
        return new Columns(OptionalLong.of(0), Long.MAX_VALUE, OptionalLong.empty(), Crosswise.ALWAYS);
    }

    /** All that can be, what is laid in float16 a part before each step but the first. */
    static Columns afterLoading() {
        return new Columns(OptionalLong.of(0), 0, OptionalLong.empty(), Crosswise.ALWAYS);
    }

    /** All that can be, as the model is used. */
    static Columns asUsed() {
        return new Columns(OptionalLong.empty(), Long.MAX_VALUE, OptionalLong.of(0), Crosswise.NEVER);
    }

    /**
     * Tells a model's source.
     *
     * @param grouped whether sequences attend in groups, whose keys never lie crosswise
     */
    void putInto(Map<String, IValue> numbers, boolean grouped) {
        Crosswise keys = grouped ? Crosswise.NEVER : crosswise;
        numbers.put("crosswise", IValue.from((double) keys.ordinal()));
        laid.ifPresent(least -> numbers.put("laid_from", IValue.from((double) least)));
        moved.ifPresent(least -> numbers.put("moved_from", IValue.from((double) least)));
    }
}
