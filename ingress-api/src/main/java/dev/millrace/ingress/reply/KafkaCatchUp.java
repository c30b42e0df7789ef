package dev.millrace.ingress.reply;

import dev.millrace.service.KafkaClients;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.Topics;
import dev.millrace.topic.UnreadableEventException;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread with a reader of its own, a turn for one exchange after the other. */
@Singleton
final class KafkaCatchUp implements CatchUp {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaCatchUp.class);
    private static final Duration POLL = Duration.ofMillis(500);

    /** After so many polls it is another exchange's turn. */
    private static final int POLLS = 20;

    private final KafkaClients clients;
    private final EventCodec codec;
    private final Set<Exchange> waiting = ConcurrentHashMap.newKeySet();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "catch-up");
        made.setDaemon(true);
        return made;
    });
    private @Nullable Consumer<byte[], byte[]> consumer;
    private volatile boolean stopped;

    KafkaCatchUp(KafkaClients clients, EventCodec codec) {
        this.clients = clients;
        this.codec = codec;
    }

    @Override
    public void readFor(Exchange exchange) {
        if (!stopped && waiting.add(exchange)) {
            submit(exchange);
        }
    }

    private void submit(Exchange exchange) {
        try {
            thread.execute(() -> turn(exchange));
        } catch (RejectedExecutionException e) {
            waiting.remove(exchange);
        }
    }

    private void turn(Exchange exchange) {
        waiting.remove(exchange);
        try {
            if (exchange.wantsCatchUp() && !stopped && read(exchange)) {
                readFor(exchange);
            }
        } catch (OffsetOutOfRangeException e) {
            LOG.warn("Request {} can no longer be caught up: {}", exchange.id(), e.toString());
            exchange.giveUp(ReplyFailures.outOfReach(), "too_slow");
        } catch (KafkaException e) {
            LOG.warn("Could not read again for {}, trying again: {}", exchange.id(), e.toString());
            readFor(exchange);
        }
    }

    /** True if there is more to read for it. */
    private boolean read(Exchange exchange) {
        Consumer<byte[], byte[]> reader = consumer();
        TopicPartition partition =
                new TopicPartition(Topics.REPLIES.name(), exchange.id().replyPartition());
        byte[] key = exchange.id().toString().getBytes(StandardCharsets.UTF_8);
        reader.assign(List.of(partition));
        reader.seek(partition, exchange.nextOffset());
        for (int i = 0; i < POLLS && !stopped; i++) {
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                if (Arrays.equals(key, record.key()) && record.value() != null && !offer(exchange, record)) {
                    return false;
                }
            }
            if (!exchange.wantsCatchUp()) {
                return false;
            }
        }
        return true;
    }

    private boolean offer(Exchange exchange, ConsumerRecord<byte[], byte[]> record) {
        try {
            return exchange.catchUp(EventReader.decode(Topics.REPLIES, codec, record), record.offset());
        } catch (UnreadableEventException e) {
            LOG.warn("Unreadable reply at {}@{}: {}", record.partition(), record.offset(), e.getMessage());
            return true;
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        Consumer<byte[], byte[]> made = consumer;
        if (made == null) {
            made = clients.reader("ingress-catch-up");
            consumer = made;
        }
        return made;
    }

    @PreDestroy
    void stop() {
        stopped = true;
        thread.execute(() -> {
            if (consumer != null) {
                consumer.close();
            }
        });
        thread.shutdown();
    }
}
