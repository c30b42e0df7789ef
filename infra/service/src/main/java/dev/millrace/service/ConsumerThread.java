package dev.millrace.service;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that reads Kafka from its start to its close. Whatever goes wrong has one answer: after a pause reading begins
 * anew with a fresh consumer. Only an interrupt or an error of the JVM ends it, which {@link #isAlive} tells.
 */
public final class ConsumerThread implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConsumerThread.class);
    private static final long RETRY_MILLIS = 500;
    private static final long CLOSE_MILLIS = 5000;

    private final String name;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Reading reading;
    private final long retryMillis;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** What is read and from where, what is made of it, and that as long as {@link ConsumerThread#goesOn}. */
    public interface Reading {

        void read(Consumer<byte[], byte[]> consumer) throws ExecutionException, InterruptedException;
    }

    public ConsumerThread(String name, Supplier<Consumer<byte[], byte[]>> consumers, Reading reading) {
        this(name, consumers, reading, RETRY_MILLIS);
    }

    ConsumerThread(String name, Supplier<Consumer<byte[], byte[]>> consumers, Reading reading, long retryMillis) {
        this.name = name;
        this.consumers = consumers;
        this.reading = reading;
        this.retryMillis = retryMillis;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    /** Until it is closed. */
    public boolean goesOn() {
        return closing.getCount() > 0;
    }

    /** Waits for so long, or until it is closed. */
    public void pause(long millis) throws InterruptedException {
        boolean closed = closing.await(millis, TimeUnit.MILLISECONDS);
        LOG.debug("{} paused, closed: {}", name, closed);
    }

    private void run() {
        try {
            while (goesOn()) {
                readOnce();
            }
        } catch (InterruptedException | InterruptException e) {
            LOG.warn("{} was interrupted and ends", name);
        }
    }

    private void readOnce() throws InterruptedException {
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            reading.read(consumer);
        } catch (InterruptException e) {
            throw e;
        } catch (ExecutionException | RuntimeException e) {
            if (goesOn()) {
                LOG.warn("{} failed and begins anew: {}", name, e.toString());
                pause(retryMillis);
            }
        }
    }

    /** Returns when reading has ended, or after some seconds. */
    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
