package dev.millrace.gpu.generate;

import dev.millrace.event.TokenLogprob;
import dev.millrace.event.ToolCallDelta;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one chunk of the reply log will say. A piece with a finish reason carries no text; a piece carries all tokens
 * since the one before, also those whose text is held back.
 *
 * @param promptTokens set on a task's first piece only, as is {@code cachedTokens}
 */
public record Piece(
        int choice,
        String text,
        String reasoning,
        List<ToolCallDelta> toolCalls,
        List<Integer> tokenIds,
        int reasoningTokens,
        @Nullable Integer promptTokens,
        @Nullable Integer cachedTokens,
        @Nullable String finishReason,
        @Nullable List<TokenLogprob> logprobs,
        @Nullable ByteBuffer embedding) {

    public Piece {
        toolCalls = List.copyOf(toolCalls);
        tokenIds = List.copyOf(tokenIds);
    }
}
