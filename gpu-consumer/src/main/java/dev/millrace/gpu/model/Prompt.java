package dev.millrace.gpu.model;

/**
 * A request's prompt as the model reads it.
 *
 * @param ids its tokens
 * @param thoughtOpened whether it ends inside a thought, so that the answer starts in one
 * @param offersTools whether the model was told of tools, so that calls are to be looked for
 */
public record Prompt(int[] ids, boolean thoughtOpened, boolean offersTools) {}
