package dev.millrace.ingress.reply;

import io.micronaut.context.annotation.Replaces;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;

/** Reads again from a list. */
@Singleton
@Replaces(KafkaCatchUp.class)
public final class FakeCatchUp implements CatchUp {

    public final AtomicInteger turns = new AtomicInteger();
    public volatile List<SpecificRecord> log = List.of();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    @Override
    public void readFor(Exchange exchange) {
        thread.execute(() -> {
            if (!exchange.wantsCatchUp()) {
                return;
            }
            turns.incrementAndGet();
            long at = exchange.nextOffset();
            while (at < log.size() && exchange.catchUp(log.get((int) at), at)) {
                at++;
            }
        });
    }

    @PreDestroy
    void close() {
        thread.shutdownNow();
    }
}
