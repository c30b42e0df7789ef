package dev.millrace.ingress.reply;

import dev.millrace.event.Chunk;
import dev.millrace.event.TokenLogprob;
import dev.millrace.event.ToolCallDelta;
import java.nio.ByteBuffer;
import java.util.List;

/** What a chunk takes in memory until its answer has gone out, its JSON included: about, and rather more. */
final class Bulk {

    private static final int CHUNK_BYTES = 100;
    private static final int CHARACTER_BYTES = 4;

    /** A number of four bytes is up to twelve characters, beside the number itself. */
    private static final int TIMES_VECTOR = 4;

    private static final int CHANCE_BYTES = 250;

    private Bulk() {}

    static long of(Chunk chunk) {
        long characters = (long) chunk.getText().length() + chunk.getReasoning().length();
        for (ToolCallDelta call : chunk.getToolCalls()) {
            characters += call.getArguments().length();
        }
        long chances = 0;
        List<TokenLogprob> logprobs = chunk.getLogprobs();
        if (logprobs != null) {
            for (TokenLogprob logprob : logprobs) {
                chances += 1 + logprob.getTop().size();
            }
        }
        ByteBuffer vector = chunk.getEmbedding();
        long numbers = vector == null ? 0 : vector.remaining();
        return CHUNK_BYTES + characters * CHARACTER_BYTES + chances * CHANCE_BYTES + numbers * TIMES_VECTOR;
    }
}
