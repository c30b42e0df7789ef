package dev.millrace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.service.ConsumerThread.Reading;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.Test;

class ConsumerThreadTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final long LONG_MILLIS = 3_600_000;
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final List<MockConsumer<byte[], byte[]>> opened = new CopyOnWriteArrayList<>();
    private final AtomicInteger readings = new AtomicInteger();

    private Consumer<byte[], byte[]> open() {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
        opened.add(consumer);
        return consumer;
    }

    private ConsumerThread thread(Reading reading, long retryMillis) {
        return new ConsumerThread(
                "reader",
                this::open,
                consumer -> {
                    readings.incrementAndGet();
                    reading.read(consumer);
                },
                retryMillis);
    }

    private boolean isClosed(int consumer) {
        return opened.get(consumer).closed();
    }

    @Test
    void readsUntilItIsClosedAndClosesItsConsumer() {
        ConsumerThread[] self = new ConsumerThread[1];
        try (ConsumerThread thread = thread(
                consumer -> {
                    consumer.assign(List.of(PARTITION));
                    while (self[0].goesOn()) {
                        Thread.onSpinWait();
                    }
                },
                LONG_MILLIS)) {
            self[0] = thread;
            thread.start();
            await().atMost(SOON)
                    .until(() ->
                            !opened.isEmpty() && !opened.get(0).assignment().isEmpty());
            assertThat(isClosed(0)).isFalse();
            thread.close();
            assertThat(thread.isAlive()).isFalse();
            assertThat(isClosed(0)).isTrue();
            assertThat(readings).hasValue(1);
        }
    }

    @Test
    void whateverGoesWrongItBeginsAnewWithAFreshConsumer() {
        try (ConsumerThread thread = thread(
                consumer -> {
                    switch (readings.get()) {
                        case 1 -> throw new KafkaException("broken");
                        case 2 -> throw new ExecutionException(new IllegalStateException("not written"));
                        default -> throw new IllegalArgumentException("who knows");
                    }
                },
                1)) {
            thread.start();
            await().atMost(SOON).until(() -> readings.get() >= 4);
            assertThat(thread.isAlive()).isTrue();
            assertThat(isClosed(0) && isClosed(1) && isClosed(2)).isTrue();
        }
    }

    @Test
    void nobodyWhoClosesItWaitsForAPauseToEnd() {
        try (ConsumerThread thread = thread(
                consumer -> {
                    throw new KafkaException("broken");
                },
                LONG_MILLIS)) {
            thread.start();
            await().atMost(SOON).until(() -> !opened.isEmpty() && isClosed(0));
            thread.close();
            assertThat(thread.isAlive()).isFalse();
            assertThat(readings).hasValue(1);
        }
    }

    @Test
    void anInterruptEndsIt() {
        try (ConsumerThread thread = thread(
                consumer -> {
                    throw new InterruptException("enough");
                },
                1)) {
            thread.start();
            await().atMost(SOON).until(() -> readings.get() == 1 && !thread.isAlive());
            assertThat(isClosed(0)).isTrue();
        }
    }
}
