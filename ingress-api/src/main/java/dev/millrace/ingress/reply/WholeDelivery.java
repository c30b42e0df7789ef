package dev.millrace.ingress.reply;

import dev.millrace.event.Chunk;
import dev.millrace.event.Failure;
import dev.millrace.reply.Answer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The whole answer at once. What it holds is bounded by what the model may say. */
final class WholeDelivery implements Delivery {

    /** Puts an answer into the form in which its caller reads it. */
    interface Writer {

        byte[] write(Answer answer, Tally tally);
    }

    private final Writer writer;
    private final Executor executor;
    private final Answer answer = new Answer();
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();

    WholeDelivery(Writer writer, Executor executor) {
        this.writer = writer;
        this.executor = executor;
    }

    @Override
    public CompletionStage<Reply> reply() {
        return reply;
    }

    @Override
    public void chunk(Chunk chunk) {
        answer.add(chunk);
    }

    @Override
    public void finished(Tally tally) {
        reply.completeAsync(() -> new Reply.Whole(writer.write(answer, tally)), executor);
    }

    @Override
    public void failed(Failure failure) {
        reply.completeAsync(() -> new Reply.Failing(failure), executor);
    }

    @Override
    public void gone(Failure failure) {
        reply.complete(new Reply.Failing(failure));
    }

    @Override
    public void tick(long nowNanos) {
        // Nothing can be said before the end.
    }

    @Override
    public boolean hasRoom() {
        return true;
    }
}
