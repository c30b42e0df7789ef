package dev.millrace.gpu;

import dev.millrace.gpu.generate.Generator;
import dev.millrace.gpu.generate.GeneratorFactory;
import dev.millrace.gpu.work.Crew;
import dev.millrace.gpu.work.Worker;
import dev.millrace.service.Dependency;
import io.micronaut.runtime.event.annotation.EventListener;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads the models that the configuration names, each on a thread of its own, and serves each as soon as it is there. */
@Singleton
final class Workers implements Dependency {

    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final long RETRY_PAUSE_MILLIS = 1000;

    private final List<Entry> entries;
    private final Map<String, GeneratorFactory> factories;
    private final Crew crew;
    private final Map<Entry, Worker> serving = new ConcurrentHashMap<>();
    private final Map<Entry, String> failed = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Workers(WorkersConfig config, List<GeneratorFactory> factories, Crew crew) {
        this.entries = config.entries();
        this.factories =
                factories.stream().collect(Collectors.toUnmodifiableMap(GeneratorFactory::kind, Function.identity()));
        this.crew = crew;
    }

    @EventListener
    void start(ServerStartupEvent event) {
        crew.start();
        for (Entry entry : entries) {
            Thread loader = new Thread(() -> load(entry), "load-" + entry.model());
            loader.setDaemon(true);
            loader.start();
        }
    }

    private void load(Entry entry) {
        try {
            serve(entry, factory(entry.kind()).load(entry.model(), entry.source()));
        } catch (IOException | RuntimeException e) {
            failed.put(entry, "failed: " + e.getMessage());
            LOG.error("Cannot load {}: {}", entry.model(), e.getMessage());
            LOG.debug("Cannot load {}", entry.model(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private GeneratorFactory factory(String kind) {
        GeneratorFactory factory = factories.get(kind);
        if (factory == null) {
            throw new IllegalArgumentException(
                    "nothing here runs models of kind '" + kind + "', only of " + factories.keySet());
        }
        return factory;
    }

    private void serve(Entry entry, Generator generator) throws InterruptedException {
        while (!closed) {
            try {
                serving.put(entry, crew.serve(generator, entry.pool()));
                return;
            } catch (ExecutionException e) {
                LOG.warn("Cannot announce {} yet: {}", entry.model(), String.valueOf(e.getCause()));
                Thread.sleep(RETRY_PAUSE_MILLIS);
            }
        }
        generator.close();
    }

    @Override
    public String name() {
        return "workers";
    }

    /** Ready with the first model that serves: the others may take their time, or fail, without harm to it. */
    @Override
    public State state() {
        String detail = entries.stream()
                .map(entry -> entry.model() + ": " + detail(entry))
                .collect(Collectors.joining(", "));
        return new State(serving.values().stream().anyMatch(Worker::isServing), detail);
    }

    private String detail(Entry entry) {
        Worker worker = serving.get(entry);
        if (worker != null) {
            return worker.name() + (worker.isServing() ? " serves" : " waits for its reports to arrive");
        }
        return failed.getOrDefault(entry, "loading");
    }

    @PreDestroy
    void close() {
        closed = true;
        crew.close();
    }
}
