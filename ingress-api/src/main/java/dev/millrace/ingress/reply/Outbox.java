package dev.millrace.ingress.reply;

import java.util.AbstractQueue;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Sinks;

/** What waits for a client to take it, counted; filled by one at a time. */
final class Outbox {

    private final int maxEvents;
    private final int maxBytes;
    private final Waiting waiting = new Waiting();
    private final Sinks.Many<byte[]> sink = Sinks.many().unicast().onBackpressureBuffer(waiting);
    private final Runnable onEmpty;

    /** @param onEmpty told, from the client's thread, when everything was taken */
    Outbox(int maxEvents, int maxBytes, Runnable onEmpty) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
        this.onEmpty = onEmpty;
    }

    /** @param onEnd told once, when the client has everything or has left */
    Publisher<byte[]> events(Runnable onEnd) {
        return sink.asFlux().doFinally(signal -> onEnd.run());
    }

    void add(byte[] event) {
        sink.tryEmitNext(event);
    }

    void complete() {
        sink.tryEmitComplete();
    }

    boolean isEmpty() {
        return waiting.events.get() == 0;
    }

    boolean hasRoom() {
        return waiting.events.get() < maxEvents && waiting.bytes.get() < maxBytes;
    }

    private final class Waiting extends AbstractQueue<byte[]> {
        private final Queue<byte[]> queue = new ConcurrentLinkedQueue<>();
        private final AtomicInteger events = new AtomicInteger();
        private final AtomicInteger bytes = new AtomicInteger();

        @Override
        public boolean offer(byte[] event) {
            events.incrementAndGet();
            bytes.addAndGet(event.length);
            return queue.offer(event);
        }

        @Override
        public byte @Nullable [] poll() {
            byte[] event = queue.poll();
            if (event != null) {
                bytes.addAndGet(-event.length);
                if (events.decrementAndGet() == 0) {
                    onEmpty.run();
                }
            }
            return event;
        }

        @Override
        public byte @Nullable [] peek() {
            return queue.peek();
        }

        @Override
        public Iterator<byte[]> iterator() {
            return queue.iterator();
        }

        @Override
        public int size() {
            return events.get();
        }
    }
}
