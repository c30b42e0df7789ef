package dev.millrace.ingress.reply;

import dev.millrace.event.Chunk;

/** The tokens of the chunks that count: the first chunk that counts tells the prompt's. */
final class Tally {

    private boolean promptKnown;
    private int prompt;
    private int cached;
    private int output;
    private int reasoning;

    void add(Chunk chunk) {
        Integer promptTokens = chunk.getPromptTokens();
        if (!promptKnown && promptTokens != null) {
            promptKnown = true;
            prompt = promptTokens;
            Integer cachedTokens = chunk.getCachedTokens();
            cached = cachedTokens == null ? 0 : cachedTokens;
        }
        output += chunk.getTokens();
        reasoning += chunk.getReasoningTokens();
    }

    int prompt() {
        return prompt;
    }

    int cached() {
        return cached;
    }

    int output() {
        return output;
    }

    int reasoning() {
        return reasoning;
    }

    /** As OpenAI clients read it. */
    String json() {
        return "{\"prompt_tokens\":" + prompt + ",\"completion_tokens\":" + output + ",\"total_tokens\":"
                + ((long) prompt + output) + ",\"prompt_tokens_details\":{\"cached_tokens\":" + cached
                + "},\"completion_tokens_details\":{\"reasoning_tokens\":" + reasoning + "}}";
    }
}
