package dev.millrace.local;

import dev.millrace.local.broker.BrokerMain;
import dev.millrace.local.broker.BrokerPart;
import dev.millrace.local.jvm.BuiltJars;
import dev.millrace.local.jvm.Classpath;
import dev.millrace.local.jvm.JavaProcess;
import dev.millrace.local.jvm.JavaProgram;
import dev.millrace.local.postgres.PostgresPart;
import dev.millrace.local.process.Narrator;
import dev.millrace.local.process.Part;
import dev.millrace.local.process.Supervised;
import dev.millrace.local.process.Supervisor;
import dev.millrace.local.redis.RedisPart;
import dev.millrace.local.service.Service;
import dev.millrace.local.service.ServicePart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The parts of one stack, put together and not yet started. */
final class Assembly implements AutoCloseable {

    /** Half the work of a start; what runs for long and fast should be told otherwise. */
    private static final List<String> QUICK_START = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final int BROKER_HEAP_MEGABYTES = 512;

    /** What broker and databases write at once, and a little for what comes. */
    private static final long ROOM_BYTES = 256L << 20;

    private final StackSettings settings;
    private final Narrator narrator;
    private final Supervisor supervisor;
    private final HeldPorts heldPorts;
    private final BuiltJars jars;
    private final Addresses addresses;
    private final Map<String, Integer> servicePorts = new HashMap<>();
    private final List<JavaProcess> javaProcesses = new ArrayList<>();
    private final List<Supervised> infrastructure = new ArrayList<>();
    private final Map<Service, List<Supervised>> services = new EnumMap<>(Service.class);

    private Assembly(StackSettings settings, Narrator narrator, Supervisor supervisor, HeldPorts heldPorts)
            throws IOException {
        this.settings = settings;
        this.narrator = narrator;
        this.supervisor = supervisor;
        this.heldPorts = heldPorts;
        this.jars = new BuiltJars(settings.checkout().tools().resolve("jars"), Clock.systemUTC());
        Secrets secrets = new Secrets(settings.data().resolve("secrets"), new SecureRandom());
        Ports ports = Ports.of(settings, heldPorts);
        this.addresses = addInfrastructure(ports, secrets);
        addServices(ports);
    }

    static Assembly of(StackSettings settings, Narrator narrator) throws IOException {
        Supervisor supervisor = Supervisor.open(settings.data(), narrator, Clock.systemUTC());
        try {
            Room.require(settings.data(), ROOM_BYTES);
            HeldPorts heldPorts = Ports.hold(settings);
            try {
                return new Assembly(settings, narrator, supervisor, heldPorts);
            } catch (IOException | RuntimeException e) {
                heldPorts.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            supervisor.close();
            throw e;
        }
    }

    StackSettings settings() {
        return settings;
    }

    Narrator narrator() {
        return narrator;
    }

    Addresses addresses() {
        return addresses;
    }

    /** By the process' name. */
    Map<String, Integer> servicePorts() {
        return servicePorts;
    }

    List<Supervised> infrastructure() {
        return infrastructure;
    }

    List<Supervised> services() {
        return services.values().stream().flatMap(List::stream).toList();
    }

    List<Supervised> all() {
        return Stream.concat(infrastructure.stream(), services().stream()).toList();
    }

    /** Whether something is made at the end that makes the next start quicker. */
    boolean endsSlowly() {
        return javaProcesses.stream().anyMatch(JavaProcess::endsSlowly);
    }

    @Override
    public void close() {
        supervisor.seal();
        try {
            supervisor.stop(services.getOrDefault(Service.INGRESS, List.of()));
            supervisor.stop(services());
            supervisor.stop(named("broker"));
            supervisor.stop(infrastructure);
        } catch (InterruptedException e) {
            // The supervisor stops the rest, one by one.
            Thread.currentThread().interrupt();
        }
        try {
            supervisor.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            heldPorts.close();
        }
    }

    private List<Supervised> named(String name) {
        return infrastructure.stream().filter(part -> part.name().equals(name)).toList();
    }

    private Addresses addInfrastructure(Ports ports, Secrets secrets) throws IOException {
        Path data = settings.data();
        Path tools = settings.checkout().tools();
        BrokerPart broker = new BrokerPart(
                javaProcess(brokerProgram(), "broker"),
                ports.broker(),
                ports.brokerController(),
                data.resolve("kafka"));
        PostgresPart postgres =
                new PostgresPart(tools, ports.postgres(), data.resolve("postgres"), secrets.postgresPassword());
        RedisPart redis = new RedisPart(tools, ports.redis(), data.resolve("redis"));
        addIfEmbedded(Infrastructure.KAFKA, broker);
        addIfEmbedded(Infrastructure.POSTGRES, postgres);
        addIfEmbedded(Infrastructure.REDIS, redis);

        StackSettings.External external = settings.external();
        return new Addresses(
                external.kafka() != null ? external.kafka() : broker.bootstrapServers(),
                external.postgres() != null
                        ? external.postgres()
                        : new ExternalPostgres(postgres.jdbcUrl(), PostgresPart.USER, secrets.postgresPassword()),
                external.redis() != null ? external.redis() : redis.uri(),
                "http://127.0.0.1:" + ports.billing(),
                "http://localhost:" + ports.ingress(),
                secrets.developmentKey(),
                secrets.requestIdSecret());
    }

    private void addIfEmbedded(Infrastructure kind, Part part) throws IOException {
        if (settings.embeds(kind)) {
            infrastructure.add(supervisor.add(part));
        }
    }

    private void addServices(Ports ports) throws IOException {
        for (Service service : settings.services()) {
            int count = service == Service.WORKER ? settings.workers() : 1;
            for (int i = 1; i <= count; i++) {
                String name = service == Service.WORKER ? service.processName() + "-" + i : service.processName();
                servicePorts.put(name, ports.of(service, i));
                services.computeIfAbsent(service, unused -> new ArrayList<>())
                        .add(supervisor.add(servicePart(service, name, ports.of(service, i))));
            }
        }
    }

    private ServicePart servicePart(Service service, String name, int port) throws IOException {
        Path scratch = settings.data().resolve(name);
        JavaProgram program = new JavaProgram(
                service.mainClass(),
                jars.copied(Classpath.ofModule(settings.checkout().module(service.module()))),
                service.heapMegabytes(),
                serviceFlags());
        return new ServicePart(
                name,
                javaProcess(program, name),
                port,
                new Environments(settings, addresses).of(service, name, port, scratch),
                scratch);
    }

    private List<String> serviceFlags() {
        List<String> flags = new ArrayList<>(QUICK_START);
        flags.add("-Dai.djl.offline=true");
        flags.addAll(settings.serviceFlags());
        return flags;
    }

    private JavaProcess javaProcess(JavaProgram program, String name) {
        JavaProcess process = new JavaProcess(
                program,
                name,
                settings.checkout().tools().resolve("classes"),
                settings.data().resolve("tmp").resolve(name),
                settings.archives());
        javaProcesses.add(process);
        return process;
    }

    /** From the built module where there is one: its jars suit a class archive, unlike directories of classes. */
    private JavaProgram brokerProgram() throws IOException {
        Path module = settings.checkout().module("infra/local");
        Classpath classpath = Classpath.isBuilt(module) ? Classpath.ofModule(module) : Classpath.ofThisProcess();
        return new JavaProgram(BrokerMain.class.getName(), jars.copied(classpath), BROKER_HEAP_MEGABYTES, QUICK_START);
    }
}
