package dev.millrace.gpu.model.schema;

import org.jspecify.annotations.Nullable;

/** Forms that must follow one another, the next on top. Immutable, with equality by content. */
final class Stack {

    final Form top;
    final @Nullable Stack below;
    private final int hash;

    Stack(Form top, @Nullable Stack below) {
        this.top = top;
        this.below = below;
        this.hash = 31 * top.hashCode() + (below == null ? 0 : below.hash);
    }

    int leastBytes() {
        long sum = 0;
        for (Stack each = this; each != null; each = each.below) {
            sum += each.top.leastBytes();
        }
        return (int) Math.min(Form.ENDLESS, sum);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof Stack that)) {
            return false;
        }
        Stack left = this;
        Stack right = that;
        while (left != right) {
            if (left == null || right == null || left.hash != right.hash || !left.top.equals(right.top)) {
                return false;
            }
            left = left.below;
            right = right.below;
        }
        return true;
    }
}
