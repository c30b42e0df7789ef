package dev.millrace.ingress.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.ingress.limit.Reading.Place;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReadingTest {

    private static final int MIB = 1 << 20;

    private final Reading reading = new Reading(new LimitConfig(2, 100, 4 * MIB, 100, 1, 1, 1, 1, 1, 1));

    @Test
    void largeBodiesWaitForEachOtherAndSmallOnesForNobody() {
        Place first = reading.enter(3 * MIB);
        CompletableFuture<Place> second = CompletableFuture.supplyAsync(() -> reading.enter(2 * MIB));
        CompletableFuture<Place> small = CompletableFuture.supplyAsync(() -> reading.enter(1000));
        await().atMost(Duration.ofSeconds(20)).until(small::isDone);
        assertThat(second).isNotDone();
        first.close();
        await().atMost(Duration.ofSeconds(20)).until(second::isDone);
        second.join().close();
        small.join().close();
    }

    @Test
    void whatIsLargerThanAllRoomIsReadAlone() {
        reading.enter(8 * MIB).close();
        Place alone = reading.enter(8 * MIB);
        CompletableFuture<Place> other = CompletableFuture.supplyAsync(() -> reading.enter(MIB));
        assertThat(other).isNotDone();
        alone.close();
        other.join().close();
    }
}
