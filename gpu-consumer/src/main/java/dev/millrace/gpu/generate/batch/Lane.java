package dev.millrace.gpu.generate.batch;

import dev.millrace.gpu.generate.Piece;
import java.util.List;
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

    /**
     * Takes what its latest step brought, and tells what there is to say now.
     *
     * @param chosen its next token; of no concern to an embedding, which has gathered its states itself
     */
    List<Piece> take(@Nullable Chosen chosen) {
        if (embedding != null) {
            return List.of(
                    new Piece(index, "", "", List.of(), List.of(), 0, null, null, "stop", null, embedding.vector()));
        }
        if (choice == null || chooser == null || chosen == null) {
            throw new IllegalStateException("nothing was drawn for a lane that was to draw");
        }
        choice.push(chosen);
        if (goesOn()) {
            chooser.advance(chosen.token());
            sequence.append(chosen.token());
        }
        return choice.take();
    }

    /** Whether it has another token to come. */
    boolean goesOn() {
        return choice != null && !choice.isFinished();
    }

    /** Tokens yet to be read or written. */
    long backlog() {
        return sequence.pending() + (choice == null ? 0 : choice.remaining());
    }
}
