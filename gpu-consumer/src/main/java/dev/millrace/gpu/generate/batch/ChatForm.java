package dev.millrace.gpu.generate.batch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model's chat template, as far as prompts are made of it. */
public interface ChatForm {

    /**
     * The prompt's text.
     *
     * @param tools none where nothing may be called
     * @throws IllegalArgumentException with the template's own words, where it refuses the messages
     */
    String render(List<JsonNode> messages, @Nullable JsonNode tools, Map<String, Object> arguments);

    /** The template itself. */
    String source();
}
