package dev.millrace.gpu.model.template;

/**
 * What one rendering may use, so that neither a template nor its input can run or grow without end.
 *
 * @param steps evaluations, elements and 64-character runs looked at
 * @param characters of any one text, the rendered one too
 * @param elements of any one list
 * @param calls macros and recursive loops inside each other
 */
public record Limits(long steps, int characters, int elements, int calls) {

    public static final Limits DEFAULT = new Limits(50_000_000, 64 << 20, 4_000_000, 100);

    public Limits {
        if (steps < 1 || characters < 1 || elements < 1 || calls < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }
}
