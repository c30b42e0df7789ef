package dev.millrace.gpu.generate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What counts already of one choice.
 *
 * @param choice which one
 * @param tokenIds the delivered tokens, in order
 * @param text the delivered content
 * @param finishReason why the choice ended, or null where it has not
 */
public record Delivered(
        int choice,
        List<Integer> tokenIds,
        String text,
        @Nullable String finishReason) {

    public Delivered {
        tokenIds = List.copyOf(tokenIds);
    }
}
