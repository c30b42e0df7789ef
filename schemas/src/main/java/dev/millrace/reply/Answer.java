package dev.millrace.reply;

import dev.millrace.event.ChoiceRecord;
import dev.millrace.event.Chunk;
import dev.millrace.event.TokenLogprob;
import dev.millrace.event.ToolCallDelta;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The whole of an answer, put together from the chunks that count. Where its texts come to more than it may hold, it keeps
 * none of them, and tells its figures all the same.
 */
public final class Answer {

    private final long maxChars;

    private final SortedMap<Integer, Choice> choices = new TreeMap<>();
    private @Nullable Integer promptTokens;
    private int cachedTokens;
    private int outputTokens;
    private int reasoningTokens;
    private long chars;

    public Answer() {
        this(Long.MAX_VALUE);
    }

    /** @param maxChars characters of texts, past which none is kept */
    public Answer(long maxChars) {
        this.maxChars = maxChars;
    }

    /** Adds a chunk, which must count. */
    public void add(Chunk chunk) {
        if (promptTokens == null && chunk.getPromptTokens() != null) {
            promptTokens = chunk.getPromptTokens();
            Integer cached = chunk.getCachedTokens();
            cachedTokens = cached == null ? 0 : cached;
        }
        outputTokens += chunk.getTokens();
        reasoningTokens += chunk.getReasoningTokens();
        chars += chars(chunk);
        if (chars <= maxChars) {
            choices.computeIfAbsent(chunk.getChoice(), index -> new Choice()).add(chunk);
        } else {
            choices.clear();
        }
    }

    private static long chars(Chunk chunk) {
        long chars = (long) chunk.getText().length() + chunk.getReasoning().length();
        for (ToolCallDelta call : chunk.getToolCalls()) {
            chars += call.getArguments().length();
        }
        return chars;
    }

    public int promptTokens() {
        return promptTokens == null ? 0 : promptTokens;
    }

    public int cachedTokens() {
        return cachedTokens;
    }

    public int outputTokens() {
        return outputTokens;
    }

    public int reasoningTokens() {
        return reasoningTokens;
    }

    /** The choices as far as they were delivered, in order. */
    public List<ChoiceRecord> choices() {
        List<ChoiceRecord> records = new ArrayList<>();
        choices.forEach((index, choice) -> records.add(choice.toRecord(index)));
        return records;
    }

    /** The tokens delivered for a choice. */
    public List<Integer> tokenIds(int choice) {
        Choice found = choices.get(choice);
        return found == null ? List.of() : List.copyOf(found.tokenIds);
    }

    private static final class Choice {
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder reasoning = new StringBuilder();
        private final SortedMap<Integer, Call> calls = new TreeMap<>();
        private final List<Integer> tokenIds = new ArrayList<>();
        private @Nullable List<TokenLogprob> logprobs;
        private @Nullable String finishReason;
        private @Nullable ByteBuffer embedding;

        void add(Chunk chunk) {
            text.append(chunk.getText());
            reasoning.append(chunk.getReasoning());
            tokenIds.addAll(chunk.getTokenIds());
            for (ToolCallDelta delta : chunk.getToolCalls()) {
                calls.computeIfAbsent(delta.getIndex(), index -> new Call()).add(delta);
            }
            if (chunk.getLogprobs() != null) {
                if (logprobs == null) {
                    logprobs = new ArrayList<>();
                }
                logprobs.addAll(chunk.getLogprobs());
            }
            if (chunk.getFinishReason() != null) {
                finishReason = chunk.getFinishReason();
            }
            if (chunk.getEmbedding() != null) {
                embedding = chunk.getEmbedding();
            }
        }

        ChoiceRecord toRecord(int index) {
            List<ToolCallDelta> whole = new ArrayList<>();
            calls.forEach(
                    (at, call) -> whole.add(new ToolCallDelta(at, call.id, call.name, call.arguments.toString())));
            return new ChoiceRecord(
                    index, text.toString(), reasoning.toString(), whole, finishReason, logprobs, embedding);
        }
    }

    private static final class Call {
        private @Nullable String id;
        private @Nullable String name;
        private final StringBuilder arguments = new StringBuilder();

        void add(ToolCallDelta delta) {
            id = delta.getId() == null ? id : delta.getId();
            name = delta.getName() == null ? name : delta.getName();
            arguments.append(delta.getArguments());
        }
    }
}
