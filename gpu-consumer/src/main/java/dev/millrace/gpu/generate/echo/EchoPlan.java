package dev.millrace.gpu.generate.echo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import java.util.List;
import java.util.Map;

/**
 * What a request asks of echo, checked.
 *
 * @param words the answer's text, which is repeated where it is too short
 * @param end how many words end the answer by themselves
 * @param limit how many words there may be at most
 */
record EchoPlan(
        List<String> words,
        int end,
        int limit,
        int minTokens,
        int choices,
        List<String> stops,
        int promptTokens,
        int tokenMillis,
        EchoFault fault) {

    static final String TOKEN_MILLIS = "echo.token_millis";
    static final String FAIL = "echo.fail";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Every choice may say the largest prompt once; whoever takes over has to read all that was said. */
    private static final long MAX_ANSWER_CHARS = 64L << 20;

    static EchoPlan of(InferenceRequested request, EchoConfig config, boolean faultsAllowed) throws RefusedException {
        if (request.getFacts().getKind() != RequestKind.CHAT) {
            throw RefusedException.of(
                    "model", "The model '" + request.getFacts().getModel() + "' only chats.");
        }
        JsonNode messages = messages(request.getPrompt());
        Sampling sampling = request.getSampling();
        int prompt = 0;
        for (JsonNode message : messages) {
            prompt += Words.count(text(message.path("content")));
        }
        int limit = limit(prompt, sampling, config.contextTokens());
        String answer = answer(messages);
        List<String> words = Words.of(answer);
        int choices = Math.max(1, sampling.getChoices());
        int end = sampling.getIgnoreEos() && !words.isEmpty()
                ? Integer.MAX_VALUE
                : Math.max(words.size(), words.isEmpty() ? 0 : sampling.getMinTokens());
        checkSize(answer.length(), words.size(), Math.min(end, limit), choices);
        Map<String, String> metadata = request.getFacts().getMetadata();
        checkFaults(metadata, faultsAllowed);
        return new EchoPlan(
                words,
                end,
                limit,
                sampling.getMinTokens(),
                choices,
                sampling.getStop(),
                prompt,
                tokenMillis(metadata, config.tokenMillis()),
                fault(metadata));
    }

    String word(int at) {
        return words.get(at % words.size());
    }

    private static JsonNode messages(String prompt) throws RefusedException {
        try {
            return JSON.readTree(prompt).path("messages");
        } catch (JsonProcessingException e) {
            throw RefusedException.of("messages", "The messages are not readable JSON.");
        }
    }

    private static String answer(JsonNode messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if ("user".equals(messages.get(i).path("role").asText())) {
                return text(messages.get(i).path("content"));
            }
        }
        return messages.isEmpty() ? "" : text(messages.get(messages.size() - 1).path("content"));
    }

    private static String text(JsonNode content) {
        if (!content.isArray()) {
            return content.isTextual() ? content.textValue() : "";
        }
        StringBuilder text = new StringBuilder();
        content.forEach(part -> text.append(part.path("text").asText("")));
        return text.toString();
    }

    private static int limit(int prompt, Sampling sampling, int context) throws RefusedException {
        Integer asked = sampling.getMaxTokens();
        int least = asked == null ? 1 : asked;
        if ((long) prompt + least > context) {
            throw RefusedException.of(
                    "context_length_exceeded",
                    "messages",
                    "This model's context holds %d tokens. The messages have %d and the answer was to have up to %d."
                            .formatted(context, prompt, least));
        }
        return asked == null ? context - prompt : asked;
    }

    private static void checkSize(int chars, int words, long tokens, int choices) throws RefusedException {
        long rounds = words == 0 ? 0 : (tokens + words - 1) / words;
        if (rounds * chars * choices > MAX_ANSWER_CHARS) {
            throw RefusedException.of(
                    "max_tokens",
                    "With words as long as these, %d tokens have more than the %d characters that there may be."
                            .formatted(tokens * choices, MAX_ANSWER_CHARS));
        }
    }

    private static void checkFaults(Map<String, String> metadata, boolean allowed) throws RefusedException {
        for (String key : List.of(TOKEN_MILLIS, FAIL)) {
            if (!allowed && metadata.containsKey(key)) {
                throw RefusedException.of("metadata." + key, "'" + key + "' is not allowed on this deployment.");
            }
        }
    }

    private static int tokenMillis(Map<String, String> metadata, int preset) throws RefusedException {
        String text = metadata.get(TOKEN_MILLIS);
        if (text == null) {
            return preset;
        }
        try {
            int millis = Integer.parseInt(text);
            if (millis >= 0 && millis <= EchoConfig.MAX_TOKEN_MILLIS) {
                return millis;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number out of range.
        }
        throw RefusedException.of(
                "metadata." + TOKEN_MILLIS,
                "'" + TOKEN_MILLIS + "' must be a whole number from 0 to " + EchoConfig.MAX_TOKEN_MILLIS + ".");
    }

    private static EchoFault fault(Map<String, String> metadata) throws RefusedException {
        String text = metadata.get(FAIL);
        if (text == null) {
            return EchoFault.NONE;
        }
        return EchoFault.named(text)
                .orElseThrow(() -> RefusedException.of(
                        "metadata." + FAIL, "'" + FAIL + "' must be one of " + EchoFault.names() + "."));
    }
}
