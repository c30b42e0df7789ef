package dev.millrace.local;

import dev.millrace.local.process.Narrator;
import dev.millrace.local.service.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Describes a {@link LocalStack}; without a word it is a whole one with the model {@code echo} on free ports. */
public final class StackBuilder {

    private final Checkout checkout = Checkout.find();
    private final Path data;
    private int port;
    private Set<Infrastructure> infrastructure = EnumSet.allOf(Infrastructure.class);
    private Set<Service> services = EnumSet.allOf(Service.class);
    private int workers = 1;
    private final List<String> models = new ArrayList<>(List.of("echo"));
    private final Map<String, Map<String, String>> environment = new HashMap<>();
    private List<String> serviceFlags = List.of();
    private boolean archives = true;
    private Narrator narrator = Narrator.silent();

    StackBuilder(Path data) throws IOException {
        this.data = data;
    }

    /** The API's port; a free one is chosen without this. */
    public StackBuilder port(int port) {
        this.port = port;
        return this;
    }

    public StackBuilder infrastructure(Infrastructure... parts) {
        this.infrastructure = EnumSet.noneOf(Infrastructure.class);
        this.infrastructure.addAll(List.of(parts));
        return this;
    }

    /** None gives broker and databases alone. */
    public StackBuilder services(Service... services) {
        this.services = EnumSet.noneOf(Service.class);
        this.services.addAll(List.of(services));
        return this;
    }

    public StackBuilder workers(int workers) {
        this.workers = workers;
        return this;
    }

    /** One more model for every worker, read from its directory. */
    public StackBuilder model(String name, Path directory) {
        models.add(Models.fromDirectory(name, directory));
        return this;
    }

    /** A variable for the process of this name (all workers: {@code worker}). */
    public StackBuilder environment(String process, String variable, String value) {
        environment.computeIfAbsent(process, unused -> new HashMap<>()).put(variable, value);
        return this;
    }

    /** For the services' JVMs, which are told to start quickly: {@code -XX:TieredStopAtLevel=4} makes them run fast. */
    public StackBuilder serviceFlags(String... flags) {
        this.serviceFlags = List.of(flags);
        return this;
    }

    /** Its JVMs use archives of their classes that are there, and write none: each stop of one is as quick as a later one. */
    public StackBuilder withoutNewArchives() {
        this.archives = false;
        return this;
    }

    /** Where lines for people go; nowhere without this, but the log files have them all. */
    public StackBuilder narrator(Narrator narrator) {
        this.narrator = narrator;
        return this;
    }

    /** Returns when every process works. */
    public LocalStack start() throws IOException, InterruptedException {
        StackSettings settings = new StackSettings(
                checkout,
                data,
                port,
                infrastructure,
                services,
                workers,
                models,
                StackSettings.External.NONE,
                environment,
                serviceFlags,
                archives);
        return LocalStack.start(settings, narrator);
    }
}
