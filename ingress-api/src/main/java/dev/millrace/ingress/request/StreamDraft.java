package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.ingress.error.Refusals;

/** Whether the answer comes as a stream, and how, while it is being read. */
final class StreamDraft {

    static final Fields<StreamDraft> FIELDS = new Fields<StreamDraft>()
            .optional("stream", Checks.bool(), (draft, stream) -> draft.stream = stream)
            .optional("stream_options", StreamDraft::options, (draft, options) -> {
                draft.hasOptions = true;
                draft.includeUsage = options.path("include_usage").asBoolean();
            });

    boolean stream;
    boolean includeUsage;
    private boolean hasOptions;

    void requireSense() {
        if (hasOptions && !stream) {
            throw Refusals.wrongValue("stream_options", "'stream' to be true with it");
        }
    }

    private static JsonNode options(JsonNode value, String path) {
        return new Fields<JsonNode>()
                .hint("include_usage", Checks.bool())
                .hint("include_obfuscation", Checks.only(Checks.bool(), false, "streams are not obfuscated"))
                .read(value, path, value);
    }
}
