package dev.millrace.local;

import dev.millrace.local.process.Narrator;
import dev.millrace.local.process.Supervised;
import dev.millrace.local.service.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Everything on one machine: broker, databases and services, each in a process of its own. {@code mvn -Pup} runs one;
 * tests run theirs, on ports that are free, with what parts they need, and do harm to its processes.
 */
public final class LocalStack implements AutoCloseable {

    private final Assembly assembly;

    private LocalStack(Assembly assembly) {
        this.assembly = assembly;
    }

    /** Starts to describe a stack that keeps what it has in this directory. */
    public static StackBuilder in(Path data) throws IOException {
        return new StackBuilder(data);
    }

    static LocalStack start(StackSettings settings, Narrator narrator) throws IOException, InterruptedException {
        LocalStack stack = prepare(settings, narrator);
        try {
            stack.start();
            return stack;
        } catch (IOException | InterruptedException | RuntimeException e) {
            stack.close();
            throw e;
        }
    }

    /** Takes the data directory; nothing runs yet. */
    static LocalStack prepare(StackSettings settings, Narrator narrator) throws IOException {
        return new LocalStack(Assembly.of(settings, narrator));
    }

    void start() throws IOException, InterruptedException {
        new StartSequence(assembly).run();
    }

    public String bootstrapServers() {
        return assembly.addresses().bootstrapServers();
    }

    public String jdbcUrl() {
        return assembly.addresses().postgres().jdbcUrl();
    }

    public String jdbcUser() {
        return assembly.addresses().postgres().user();
    }

    public String jdbcPassword() {
        return assembly.addresses().postgres().password();
    }

    public String redisUri() {
        return assembly.addresses().redisUri();
    }

    /** Where the ingress listens, without {@code /v1}. */
    public String apiUrl() {
        return assembly.addresses().apiUrl();
    }

    /** Where a service listens for its operators, by its process' name. */
    public String operatorUrl(String process) {
        Integer port = assembly.servicePorts().get(process);
        if (port == null) {
            throw new IllegalArgumentException("There is no service " + process);
        }
        return "http://127.0.0.1:" + port;
    }

    List<String> workerUrls() {
        return assembly.servicePorts().keySet().stream()
                .filter(process -> process.startsWith(Service.WORKER.processName()))
                .map(this::operatorUrl)
                .toList();
    }

    /** The development key that the API takes. */
    public String key() {
        return assembly.addresses().key();
    }

    public Path data() {
        return assembly.settings().data();
    }

    /** A process by its name: broker, postgres, redis, ingress, router, worker-1 and so on, billing. */
    public Supervised process(String name) {
        return processes().stream()
                .filter(process -> process.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no process " + name + ", only "
                        + processes().stream().map(Supervised::name).toList()));
    }

    public Collection<Supervised> processes() {
        return assembly.all();
    }

    /** Waits until every process works, as after an injected fault. */
    public void awaitReady(Duration limit) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        for (Supervised process : processes()) {
            process.awaitReady(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
        }
    }

    /** Stops in order: the door, what works behind it, the broker, the databases. */
    @Override
    public void close() {
        assembly.close();
    }

    /** The models' names, as clients give them. */
    public List<String> models() {
        return assembly.settings().models().stream().map(Models::nameOf).toList();
    }

    boolean endsSlowly() {
        return assembly.endsSlowly();
    }

    boolean hasApi() {
        return assembly.settings().services().contains(Service.INGRESS);
    }
}
