package dev.millrace.ingress.reply;

import io.micronaut.context.annotation.Replaces;
import jakarta.inject.Singleton;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Remembers who asked to be caught up. */
@Singleton
@Replaces(KafkaCatchUp.class)
public final class FakeCatchUp implements CatchUp {

    public final Queue<Exchange> asked = new ConcurrentLinkedQueue<>();

    @Override
    public void readFor(Exchange exchange) {
        asked.add(exchange);
    }
}
