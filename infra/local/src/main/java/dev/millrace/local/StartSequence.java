package dev.millrace.local;

import dev.millrace.local.broker.TopicCreation;
import dev.millrace.local.process.Supervised;
import dev.millrace.topic.Topic;
import dev.millrace.topic.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Starts the parts of a stack: what the services rest on, the topics, the services; each step all at the same time. */
final class StartSequence {

    /** Generous: a first start on a slow machine unpacks and creates everything. */
    private static final Duration READY_LIMIT = Duration.ofMinutes(3);

    private final Assembly assembly;
    private final long startNanos = System.nanoTime();

    StartSequence(Assembly assembly) {
        this.assembly = assembly;
    }

    void run() throws IOException, InterruptedException {
        startAll(assembly.infrastructure());
        if (assembly.settings().embeds(Infrastructure.KAFKA)
                || assembly.settings().external().has(Infrastructure.KAFKA)) {
            TopicCreation.createMissing(assembly.addresses().bootstrapServers(), topics());
            report("topics");
        }
        startAll(assembly.services());
    }

    private List<Topic> topics() {
        List<Topic> topics = new ArrayList<>(Topics.FIXED);
        for (String model : assembly.settings().models()) {
            topics.add(Topics.work(Topics.poolFor(Models.nameOf(model))));
        }
        return topics;
    }

    private void startAll(List<Supervised> parts) throws IOException, InterruptedException {
        if (parts.isEmpty()) {
            return;
        }
        ExecutorService starters = Executors.newFixedThreadPool(parts.size());
        try {
            ExecutorCompletionService<Void> starts = new ExecutorCompletionService<>(starters);
            for (Supervised part : parts) {
                starts.submit(() -> {
                    part.start();
                    part.awaitReady(READY_LIMIT);
                    report(part.name());
                    return null;
                });
            }
            for (int i = 0; i < parts.size(); i++) {
                starts.take().get();
            }
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new IOException(cause.getMessage(), cause);
        } finally {
            starters.shutdownNow();
        }
    }

    private void report(String what) {
        long millis = (System.nanoTime() - startNanos) / 1_000_000;
        assembly.narrator().say("%-9s ready after %d.%d s".formatted(what, millis / 1_000, millis % 1_000 / 100));
    }
}
