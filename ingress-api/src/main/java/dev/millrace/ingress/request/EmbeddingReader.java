package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.ingress.limit.LimitConfig;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Reads a request for vectors. */
@Singleton
public final class EmbeddingReader {

    private static final int MAX_MODEL_CHARS = 256;

    private final JsonBody json;
    private final Fields<Draft> fields;

    private static final class Draft {
        private String model = "";
        private Texts input = new Texts(JsonNodeFactory.instance.missingNode(), 0);
        private boolean base64;
        private @Nullable Integer dimensions;
        private final CircumstanceDraft circumstances = new CircumstanceDraft();
    }

    public EmbeddingReader(JsonBody json, LimitConfig limits) {
        this.json = json;
        this.fields = new Fields<Draft>()
                .required("model", Checks.word(MAX_MODEL_CHARS), (draft, model) -> draft.model = model)
                .required("input", Texts.atMost(limits.maxInputs()), (draft, input) -> draft.input = input)
                .optional(
                        "encoding_format",
                        Checks.oneOf("float", "base64"),
                        (draft, format) -> draft.base64 = format.equals("base64"))
                .optional(
                        "dimensions",
                        Checks.integer(1, Integer.MAX_VALUE),
                        (draft, dimensions) -> draft.dimensions = dimensions)
                .with(CircumstanceFields.COMMON, draft -> draft.circumstances);
    }

    public EmbeddingCall read(byte[] body) {
        Draft draft = fields.read(json.read(body), "", new Draft());
        return new EmbeddingCall(draft.model, draft.input, draft.base64, draft.dimensions, draft.circumstances.build());
    }
}
