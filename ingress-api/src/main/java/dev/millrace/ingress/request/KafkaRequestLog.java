package dev.millrace.ingress.request;

import dev.millrace.event.CancelRequested;
import dev.millrace.event.InferenceRequested;
import dev.millrace.ingress.meter.IngressMeter;
import dev.millrace.reply.RequestId;
import dev.millrace.service.KafkaClients;
import dev.millrace.service.Meters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.RequestHeaders;
import dev.millrace.topic.Topics;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests and cancellations in Kafka, keyed by model, so that a cancellation is behind its request. */
@Singleton
final class KafkaRequestLog implements RequestLog {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaRequestLog.class);
    private static final int MAX_BLOCK_MILLIS = 5000;
    private static final long BUFFER_BYTES = 128L << 20;
    private static final long CANCEL_RETRY_MILLIS = 1000;
    private static final int CANCEL_ATTEMPTS = 20;
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;
    private final EventCodec codec;
    private final Meters<IngressMeter> meters;

    /** A send may wait for a broker, and whoever cancels must not: often it is an event loop. */
    private final ScheduledExecutorService cancels = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "cancels");
        thread.setDaemon(true);
        return thread;
    });

    KafkaRequestLog(KafkaClients clients, EventCodec codec, Meters<IngressMeter> meters) {
        this.producer = clients.producer(
                "ingress-requests",
                Map.of(
                        ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS,
                        ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES));
        this.codec = codec;
        this.meters = meters;
    }

    @Override
    public CompletionStage<Void> publish(InferenceRequested request) {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        long sentNanos = System.nanoTime();
        try {
            producer.send(record(request), (metadata, error) -> {
                meters.observe(IngressMeter.PUBLISH, (System.nanoTime() - sentNanos) / 1e9);
                if (error == null) {
                    outcome.complete(null);
                } else {
                    outcome.completeExceptionally(
                            error instanceof RecordTooLargeException
                                    ? new NotPublishedException("the request is too large for the log", error)
                                    : error);
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            outcome.completeExceptionally(e);
        }
        return outcome;
    }

    private ProducerRecord<byte[], byte[]> record(InferenceRequested request) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                Topics.REQUESTS.name(),
                request.getFacts().getModel().getBytes(StandardCharsets.UTF_8),
                codec.encode(request));
        int replyPartition =
                RequestId.parse(request.getRequestId()).orElseThrow().replyPartition();
        RequestHeaders.put(record.headers(), RequestHeaders.REQUEST_ID, request.getRequestId());
        RequestHeaders.put(record.headers(), RequestHeaders.REPLY_PARTITION, Integer.toString(replyPartition));
        RequestHeaders.put(
                record.headers(), RequestHeaders.TENANT, request.getFacts().getTenant());
        RequestHeaders.put(
                record.headers(), RequestHeaders.USER, request.getFacts().getUser());
        RequestHeaders.put(
                record.headers(), RequestHeaders.KEY_ID, request.getFacts().getKeyId());
        return record;
    }

    @Override
    public void cancel(String requestId, String model, String cause) {
        meters.count(IngressMeter.CANCELS, 1, cause);
        schedule(requestId, model, cause, CANCEL_ATTEMPTS, 0);
    }

    private void schedule(String requestId, String model, String cause, int attempts, long delayMillis) {
        try {
            cancels.schedule(() -> send(requestId, model, cause, attempts), delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.warn("Request {} is not cancelled: shutting down", requestId);
        }
    }

    private void send(String requestId, String model, String cause, int attempts) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                Topics.REQUESTS.name(),
                model.getBytes(StandardCharsets.UTF_8),
                codec.encode(new CancelRequested(requestId, model, cause)));
        RequestHeaders.put(record.headers(), RequestHeaders.REQUEST_ID, requestId);
        try {
            producer.send(record, (metadata, error) -> {
                if (error != null) {
                    again(requestId, model, cause, attempts, error);
                }
            });
        } catch (KafkaException e) {
            again(requestId, model, cause, attempts, e);
        }
    }

    private void again(String requestId, String model, String cause, int attempts, Exception error) {
        if (attempts > 1) {
            schedule(requestId, model, cause, attempts - 1, CANCEL_RETRY_MILLIS);
        } else {
            LOG.warn("Request {} could not be cancelled: {}", requestId, error.toString());
        }
    }

    @PreDestroy
    void close() throws InterruptedException {
        cancels.shutdown();
        if (!cancels.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warn("Some cancellations were not sent");
        }
        producer.close(CLOSE);
    }
}
