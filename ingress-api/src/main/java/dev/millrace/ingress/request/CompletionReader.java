package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.limit.LimitConfig;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Reads a request to go on from bare texts. */
@Singleton
public final class CompletionReader {

    private static final int MAX_MODEL_CHARS = 256;
    private static final int MAX_LOGPROBS = 5;
    private static final int USUAL_TOKENS = 16;

    private final JsonBody json;
    private final RandomGenerator random;
    private final Fields<Draft> fields;

    private static final class Draft {
        private String model = "";
        private Texts prompt = new Texts(JsonNodeFactory.instance.missingNode(), 0);
        private @Nullable Integer bestOf;
        private final SamplingDraft sampling = new SamplingDraft();
        private final StreamDraft stream = new StreamDraft();
        private final CircumstanceDraft circumstances = new CircumstanceDraft();
    }

    public CompletionReader(JsonBody json, LimitConfig limits, RandomGenerator random) {
        this.json = json;
        this.random = random;
        this.fields = new Fields<Draft>()
                .required("model", Checks.word(MAX_MODEL_CHARS), (draft, model) -> draft.model = model)
                .required("prompt", Texts.atMost(limits.maxPrompts()), (draft, prompt) -> draft.prompt = prompt)
                .with(SamplingFields.ALL, draft -> draft.sampling)
                .optional("best_of", Checks.integer(1, Integer.MAX_VALUE), (draft, best) -> draft.bestOf = best)
                .optional("logprobs", Checks.integer(0, MAX_LOGPROBS), (draft, count) -> draft.sampling
                        .builder
                        .setLogprobs(true)
                        .setTopLogprobs(count))
                .hint("echo", Checks.only(Checks.bool(), false, "prompts are not given back"))
                .hint("suffix", Checks.refused("no model here fills in"))
                .with(StreamDraft.FIELDS, draft -> draft.stream)
                .with(CircumstanceFields.COMMON, draft -> draft.circumstances);
    }

    public CompletionCall read(byte[] body) {
        Draft draft = fields.read(json.read(body), "", new Draft());
        draft.stream.requireSense();
        if (draft.bestOf != null && draft.bestOf != draft.sampling.builder.getChoices()) {
            throw Refusals.unsupported("best_of", "all answers are given, so it can only be what 'n' is");
        }
        Integer most = Objects.requireNonNullElse(draft.sampling.maxTokens, USUAL_TOKENS);
        return new CompletionCall(
                draft.model,
                draft.prompt,
                draft.sampling.build(most, random),
                draft.stream.stream,
                draft.stream.includeUsage,
                draft.circumstances.build());
    }
}
