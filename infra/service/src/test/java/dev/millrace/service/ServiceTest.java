package dev.millrace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.context.annotation.Property;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.core.bind.annotation.Bindable;
import io.micronaut.runtime.server.EmbeddedServer;
import io.prometheus.client.CollectorRegistry;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every service answers for itself, over HTTP. */
class ServiceTest {

    private EmbeddedServer server;

    @BeforeEach
    void start() {
        server = ApplicationContext.run(
                EmbeddedServer.class,
                Map.of(
                        "micronaut.server.port",
                        "-1",
                        "spec.name",
                        "ServiceTest",
                        "millrace.kafka.bootstrap-servers",
                        "nowhere:1"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(server.getURL() + path)).build(), BodyHandlers.ofString());
    }

    @Test
    void isReadyOnlyWhileEveryRequiredDependencyIsUp() throws Exception {
        assertThat(get("/health/readiness").statusCode()).isEqualTo(200);
        assertThat(get("/ready").statusCode()).isEqualTo(200);
        server.getApplicationContext().getBean(Engine.class).up = false;
        assertThat(get("/health/readiness").statusCode()).isEqualTo(503);
        assertThat(get("/ready").body()).isEqualTo("{\"status\":\"DOWN\"}");
    }

    @Test
    void isReadyWithoutWhatItDoesNotRequire() throws Exception {
        server.getApplicationContext().getBean(Radio.class).up = false;
        assertThat(get("/ready").statusCode()).isEqualTo(200);
        assertThat(get("/health").body()).contains("\"radio\":{").contains("no reception");
    }

    @Test
    void isAliveWhateverItsDependenciesAre() throws Exception {
        server.getApplicationContext().getBean(Engine.class).up = false;
        assertThat(get("/health/liveness").statusCode()).isEqualTo(200);
    }

    @Test
    void tellsOperatorsOfEveryDependency() throws Exception {
        server.getApplicationContext().getBean(Engine.class).up = false;
        HttpResponse<String> health = get("/health");
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(health.body()).contains("\"engine\"").contains("stalled").contains("\"radio\"");
    }

    @Test
    void exposesItsMetersToPrometheus() throws Exception {
        CollectorRegistry registry = server.getApplicationContext().getBean(CollectorRegistry.class);
        Meters<TestMeter> meters = new Meters<>(TestMeter.class, registry);
        meters.count(TestMeter.TURNS, 2, "left");
        meters.follow(TestMeter.SPEED, () -> 42);
        meters.observe(TestMeter.LENGTH, 0.02);

        HttpResponse<String> metrics = get("/metrics");
        assertThat(metrics.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        assertThat(metrics.body())
                .contains("wheel_turns_total{direction=\"left\",} 2.0")
                .contains("wheel_speed_hertz 42.0")
                .contains("wheel_length_seconds_bucket{le=\"0.025\",} 1.0")
                .contains("jvm_memory_bytes_used");
    }

    @Test
    void knowsWhichSettingsNothingReads() {
        try (ApplicationContext context = ApplicationContext.run(Map.of(
                "millrace.kafka.bootstrap-servers",
                "a:1",
                "millrace.kafka.bootstrap-server",
                "b:2",
                "millrace.typo",
                "x"))) {
            assertThat(ConfigKeys.unknown(context))
                    .containsExactlyInAnyOrder("millrace.kafka.bootstrap-server", "millrace.typo");
        }
    }

    @Test
    void knowsASettingByTheNameThatIsRead() {
        try (ApplicationContext context = ApplicationContext.run(
                Map.of("spec.name", "ServiceTest", "millrace.axle.width", "2", "millrace.wheel.axle-width", "3"))) {
            assertThat(context.getBean(WheelConfig.class)).isEqualTo(new WheelConfig(Shape.ROUND, 2));
            assertThat(ConfigKeys.unknown(context)).containsExactly("millrace.wheel.axle-width");
        }
    }

    @Test
    void knowsWhichSettingsCannotBeRead() {
        try (ApplicationContext context = ApplicationContext.run(
                Map.of("millrace.kafka.bootstrap-servers", "a:1", "millrace.kafka.delivery-timeout-millis", "long"))) {
            assertThat(ConfigKeys.unreadable(context))
                    .containsExactly("millrace.kafka.delivery-timeout-millis=long (must be int)");
        }
        try (ApplicationContext context =
                ApplicationContext.run(Map.of("spec.name", "ServiceTest", "millrace.wheel.shape", "square"))) {
            assertThat(ConfigKeys.unreadable(context))
                    .containsExactly("millrace.wheel.shape=square (must be one of round, nearly-round)");
        }
        assertThat(ConfigKeys.unreadable(server.getApplicationContext())).isEmpty();
    }

    @Test
    void aSettingThatCannotBeReadEndsTheProcessWhateverElseRunsInIt(@TempDir Path directory) throws Exception {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Busy.class.getName(),
                        "-micronaut.server.port=-1",
                        "-millrace.kafka.bootstrap-servers=nowhere:1",
                        "-millrace.kafka.delivery-timeout-millis=long")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(Files.readString(output)).doesNotContain("Server Running");
            assertThat(Files.readAllLines(output))
                    .filteredOn(line -> line.contains("millrace.kafka.delivery-timeout-millis=long (must be int)"))
                    .singleElement()
                    .asString()
                    .contains("ERROR");
        } finally {
            process.destroyForcibly();
        }
    }

    /** A service with a thread that does not end with the others. */
    static final class Busy {

        private Busy() {}

        public static void main(String[] arguments) {
            new Thread(
                            () -> {
                                while (true) {
                                    LockSupport.park();
                                }
                            },
                            "busy")
                    .start();
            Service.run(Busy.class, arguments);
        }
    }

    @Test
    void checksItsKafkaSettings() {
        assertThat(new KafkaConfig("a:1", 1000)).isNotNull();
        assertThatThrownBy(() -> new KafkaConfig(" ", 1000)).hasMessageContaining("millrace.kafka.bootstrap-servers");
        assertThatThrownBy(() -> new KafkaConfig("a:1", 999))
                .hasMessageContaining("millrace.kafka.delivery-timeout-millis");
        KafkaConfig config = server.getApplicationContext().getBean(KafkaConfig.class);
        assertThat(config).isEqualTo(new KafkaConfig("nowhere:1", 30_000));
    }

    @Singleton
    @Requires(property = "spec.name", value = "ServiceTest")
    @Replaces(KafkaDependency.class)
    static final class Engine implements Dependency {
        volatile boolean up = true;

        @Override
        public String name() {
            return "engine";
        }

        @Override
        public State state() {
            return up ? State.up("runs") : State.down("stalled");
        }
    }

    @Singleton
    @Requires(property = "spec.name", value = "ServiceTest")
    static final class Radio implements Dependency {
        volatile boolean up = true;

        @Override
        public String name() {
            return "radio";
        }

        @Override
        public State state() {
            return up ? State.up("music") : State.down("no reception");
        }

        @Override
        public boolean isRequired() {
            return false;
        }
    }

    enum Shape {
        ROUND,
        NEARLY_ROUND
    }

    @ConfigurationProperties("millrace.wheel")
    @Requires(property = "spec.name", value = "ServiceTest")
    record WheelConfig(
            @Bindable(defaultValue = "ROUND") Shape shape,

            @Property(name = "millrace.axle.width", defaultValue = "1")
            int axleWidth) {}

    enum TestMeter implements Meter {
        TURNS("wheel_turns_total", Kind.COUNTER, List.of("direction")),
        SPEED("wheel_speed_hertz", Kind.GAUGE, List.of()),
        LENGTH("wheel_length_seconds", Kind.HISTOGRAM, List.of());

        private final Spec spec;

        TestMeter(String meterName, Kind kind, List<String> labels) {
            this.spec = new Spec(meterName, kind, "For this test.", labels);
        }

        @Override
        public Spec spec() {
            return spec;
        }
    }
}
