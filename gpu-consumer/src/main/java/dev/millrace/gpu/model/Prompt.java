package dev.millrace.gpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A request's prompt as the model reads it.
 *
 * @param ids its tokens
 * @param thoughtOpened whether it ends inside a thought, so that the answer starts in one
 * @param tools what the model was told of, so that calls are to be looked for; null where there is nothing to call
 */
public record Prompt(
        int[] ids, boolean thoughtOpened, @Nullable JsonNode tools) {}
