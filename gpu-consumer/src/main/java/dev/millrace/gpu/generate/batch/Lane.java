package dev.millrace.gpu.generate.batch;

import org.jspecify.annotations.Nullable;

/**
 * A sequence and what is made of it: the tokens of a choice, or an embedding.
 *
 * @param prompt which of the task's prompts it goes on from
 */
public record Lane(
        int index,
        int prompt,
        Sequence sequence,
        @Nullable Choice choice,
        @Nullable Chooser chooser,
        @Nullable Embedding embedding) {

    static Lane ofChoice(int prompt, Sequence sequence, Choice choice, Chooser chooser) {
        return new Lane(choice.index(), prompt, sequence, choice, chooser, null);
    }

    static Lane ofEmbedding(int prompt, Sequence sequence, Embedding embedding) {
        return new Lane(prompt, prompt, sequence, null, null, embedding);
    }

    /** Tokens yet to be read or written. */
    long backlog() {
        return sequence.pending() + (choice == null ? 0 : choice.remaining());
    }
}
