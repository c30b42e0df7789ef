package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A tool that an answer may call.
 *
 * @param parameters the schema of its arguments; null where any object will do
 * @param strict whether they are kept to it
 */
public record CallableTool(String name, @Nullable JsonNode parameters, boolean strict) {}
