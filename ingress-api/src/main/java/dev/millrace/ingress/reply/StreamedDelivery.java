package dev.millrace.ingress.reply;

import dev.millrace.event.Chunk;
import dev.millrace.event.Failure;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The answer as a stream. Its status waits for the first chunk or an end, so that an early failure is a real one; after
 * too long a wait it is a stream all the same, kept alive with comments.
 */
final class StreamedDelivery implements Delivery {

    private final StreamEvents events;
    private final ReplyConfig config;
    private final Executor executor;
    private final Runnable onDelivered;
    private final Outbox outbox;
    private final Set<Integer> begun = new HashSet<>();
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private final long openedNanos;
    private long spokeNanos;
    private long nowNanos;
    private boolean streaming;

    /**
     * @param onRoom told when a client that was too slow has taken everything
     * @param onDelivered told when a stream has gone out to its end, or its client has left
     */
    StreamedDelivery(
            StreamEvents events,
            ReplyConfig config,
            Executor executor,
            long nowNanos,
            Runnable onRoom,
            Runnable onDelivered) {
        this.events = events;
        this.config = config;
        this.executor = executor;
        this.onDelivered = onDelivered;
        this.outbox = new Outbox(config.maxQueuedEvents(), config.maxQueuedBytes(), onRoom);
        this.openedNanos = nowNanos;
        this.nowNanos = nowNanos;
    }

    @Override
    public CompletionStage<Reply> reply() {
        return reply;
    }

    @Override
    public void chunk(Chunk chunk) {
        begin();
        if (begun.add(chunk.getChoice())) {
            events.opening(chunk.getChoice()).ifPresent(this::say);
        }
        say(events.chunk(chunk));
    }

    @Override
    public void finished(Tally tally) {
        begin();
        events.usage(tally).ifPresent(this::say);
        close();
    }

    @Override
    public void failed(Failure failure) {
        if (streaming) {
            say(StreamEvents.error(failure));
            close();
        } else {
            reply.completeAsync(() -> new Reply.Failing(failure), executor);
        }
    }

    private void close() {
        say(StreamEvents.DONE);
        outbox.complete();
    }

    @Override
    public void gone(Failure failure) {
        outbox.complete();
        reply.complete(new Reply.Failing(failure));
    }

    @Override
    public void tick(long now) {
        nowNanos = now;
        if (!streaming && now - openedNanos >= TimeUnit.MILLISECONDS.toNanos(config.headWaitMillis())) {
            begin();
            say(StreamEvents.KEEP_ALIVE);
        } else if (streaming
                && outbox.isEmpty()
                && now - spokeNanos >= TimeUnit.MILLISECONDS.toNanos(config.keepAliveMillis())) {
            say(StreamEvents.KEEP_ALIVE);
        }
    }

    @Override
    public boolean hasRoom() {
        return outbox.hasRoom();
    }

    private void begin() {
        if (!streaming) {
            streaming = true;
            reply.completeAsync(() -> new Reply.Streaming(outbox.events(onDelivered)), executor);
        }
    }

    private void say(byte[] event) {
        spokeNanos = nowNanos;
        outbox.add(event);
    }
}
