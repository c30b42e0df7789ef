package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The fields that tell how tokens are chosen, wherever tokens are asked for. */
final class SamplingFields {

    private static final int MAX_CHOICES = 8;
    private static final int MAX_STOPS = 16;
    private static final int MAX_STOP_CHARS = 1024;
    private static final int MAX_BIASES = 1024;

    static final Fields<SamplingDraft> ALL = new Fields<SamplingDraft>()
            .optional("temperature", Checks.number(0, 2), (draft, value) -> draft.builder.setTemperature(value))
            .optional("top_p", Checks.number(0, 1), (draft, value) -> draft.builder.setTopP(value))
            .optional("top_k", SamplingFields::topK, (draft, value) -> draft.builder.setTopK(value))
            .optional("min_p", Checks.number(0, 1), (draft, value) -> draft.builder.setMinP(value))
            .optional(
                    "presence_penalty", Checks.number(-2, 2), (draft, value) -> draft.builder.setPresencePenalty(value))
            .optional(
                    "frequency_penalty",
                    Checks.number(-2, 2),
                    (draft, value) -> draft.builder.setFrequencyPenalty(value))
            .optional(
                    "repetition_penalty",
                    Checks.number(0.01, 10),
                    (draft, value) -> draft.builder.setRepetitionPenalty(value))
            .optional("seed", Checks.whole(Long.MIN_VALUE, Long.MAX_VALUE), (draft, seed) -> draft.seed = seed)
            .optional("logit_bias", biases(), (draft, biases) -> draft.builder.setLogitBias(biases))
            .optional("stop", SamplingFields::stop, (draft, stop) -> draft.builder.setStop(stop))
            .optional("ignore_eos", Checks.bool(), (draft, value) -> draft.builder.setIgnoreEos(value))
            .optional(
                    "min_tokens",
                    Checks.integer(0, Integer.MAX_VALUE),
                    (draft, value) -> draft.builder.setMinTokens(value))
            .optional("max_tokens", Checks.integer(1, Integer.MAX_VALUE), (draft, value) -> draft.maxTokens = value)
            .optional("n", Checks.integer(1, MAX_CHOICES), (draft, n) -> draft.builder.setChoices(n));

    private SamplingFields() {}

    /** Other servers write -1 where this one writes 0 for all tokens. */
    private static Integer topK(JsonNode value, String path) {
        return Math.max(0, Checks.integer(-1, Integer.MAX_VALUE).read(value, path));
    }

    private static Check<Map<String, Double>> biases() {
        Check<String> token = Checks.matching(Pattern.compile("0|[1-9][0-9]{0,8}"), "a token id");
        return Checks.mapOf(token, Checks.number(-100, 100), MAX_BIASES);
    }

    private static List<String> stop(JsonNode value, String path) {
        Check<String> text = Checks.text(1, MAX_STOP_CHARS);
        if (value.isTextual()) {
            return List.of(text.read(value, path));
        }
        if (!value.isArray()) {
            throw Checks.wrongType(value, path, "a string or an array of strings");
        }
        return Checks.listOf(text, 0, MAX_STOPS).read(value, path);
    }
}
