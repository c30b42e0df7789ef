package dev.millrace.gpu.work;

import dev.millrace.event.Capability;
import dev.millrace.gpu.generate.Generation;
import dev.millrace.gpu.generate.Generator;
import dev.millrace.gpu.generate.Load;
import dev.millrace.gpu.generate.ModelProfile;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.Sink;
import dev.millrace.gpu.generate.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A generator that says what a test has it say. */
final class Script implements Generator {

    /** A task that was begun. */
    record Begun(Task task, Sink sink) {

        void say(String text, int token) {
            sink.piece(piece(text, token, null));
        }

        void sayFirst(String text, int token, int promptTokens) {
            sink.piece(piece(text, token, promptTokens));
        }

        private static Piece piece(String text, int token, @Nullable Integer promptTokens) {
            Integer cached = promptTokens == null ? null : (Integer) 1;
            return new Piece(0, text, "", List.of(), List.of(token), 0, promptTokens, cached, null, null, null);
        }

        void end(String finishReason) {
            sink.piece(new Piece(0, "", "", List.of(), List.of(), 0, null, null, finishReason, null, null));
            sink.finished();
        }
    }

    final List<Begun> begun = new ArrayList<>();
    final List<String> cancelled = new ArrayList<>();
    int slots = 8;
    boolean broken;

    @Override
    public ModelProfile profile() {
        return new ModelProfile("m", "", 0, 100, 100, 0, Set.of(Capability.CHAT));
    }

    @Override
    public Load load() {
        return new Load(slots, slots, 42, 10, 3);
    }

    @Override
    public Generation start(Task task, Sink sink) {
        if (broken) {
            throw new IllegalStateException("broken as the test wants it");
        }
        begun.add(new Begun(task, sink));
        return () -> cancelled.add(task.request().getRequestId());
    }

    @Override
    public void close() {}
}
