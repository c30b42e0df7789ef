package dev.millrace.gpu.generate.batch;

import dev.millrace.gpu.model.parse.OutputFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a model is to go on from.
 *
 * @param format how what follows is to be read, or null where it is just text
 * @param thoughtOpened whether it ends inside a thought
 */
public record Prompt(int[] tokens, @Nullable OutputFormat format, boolean thoughtOpened) {}
