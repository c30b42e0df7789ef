package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.local.process.Narrator;
import dev.millrace.local.process.Supervised;
import dev.millrace.topic.Topic;
import dev.millrace.topic.Topics;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real broker and databases: what is written survives kills of each and a restart of all. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class InfrastructureIT {

    private static final Duration BACK = Duration.ofSeconds(60);
    private static final int LARGE_BYTES = 9 << 20;

    private final Path data;

    InfrastructureIT(@TempDir Path data) {
        this.data = data;
    }

    @Test
    void whatIsWrittenSurvivesKillsAndARestart() throws Exception {
        try (LocalStack stack = start()) {
            assertThat(topicNames(stack))
                    .containsAll(Topics.FIXED.stream().map(Topic::name).toList());
            assertThat(commandLine(stack.process("broker")))
                    .as("no build writes over what it runs from")
                    .contains("/target/tools/jars/")
                    .doesNotContainPattern("/target/[^/:]+\\.jar");
            assertThat(new ExternalKafka(stack.bootstrapServers()).advertised(5))
                    .containsExactly(stack.bootstrapServers());
            assertThat(addresses(stack)).noneMatch(address -> isOpenToOthers(address.getPort()));
            produce(stack, 1);
            sql(stack, "CREATE TABLE kept (n int)");
            sql(stack, "INSERT INTO kept VALUES (1)");
            assertThat(redis(stack, "SET kept 1")).isEqualTo("+OK");

            for (String name : List.of("broker", "postgres", "redis")) {
                Supervised process = stack.process(name);
                long pid = process.pid();
                process.kill();
                await().atMost(BACK).until(() -> process.restarts() == 1);
                process.awaitReady(BACK);
                assertThat(process.pid()).isNotEqualTo(pid);
            }
            produce(stack, 1);
            sql(stack, "INSERT INTO kept VALUES (2)");
            await().atMost(BACK).until(() -> redis(stack, "GET kept").equals("$1"));
        }
        try (LocalStack stack = start()) {
            assertThat(endOffset(stack)).isEqualTo(2);
            assertThat(count(stack)).isEqualTo(2);
            assertThat(redis(stack, "GET kept")).isEqualTo("$1");
        }
    }

    @Test
    void aPausedPartStandsStillAndGoesOnAfterwards() throws Exception {
        try (LocalStack stack = LocalStack.in(data)
                .infrastructure(Infrastructure.POSTGRES)
                .services()
                .start()) {
            Supervised postgres = stack.process("postgres");
            postgres.pause();
            assertThat(postgres.isReady()).isFalse();
            postgres.resume();
            postgres.awaitReady(BACK);
            assertThat(postgres.restarts()).isZero();
        }
    }

    private LocalStack start() throws IOException, InterruptedException {
        return LocalStack.in(data).services().narrator(new Printed()).start();
    }

    /** The log of a failed build shows how the parts came up. */
    private record Printed() implements Narrator {
        @Override
        public void say(String line) {
            System.out.println(line);
        }

        @Override
        public void line(String part, String line) {
            System.out.println("[" + part + "] " + line);
        }
    }

    private static String commandLine(Supervised process) throws IOException {
        Process ps = new ProcessBuilder("ps", "-ww", "-o", "args=", "-p", Long.toString(process.pid())).start();
        return new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static List<URI> addresses(LocalStack stack) {
        return List.of(
                URI.create("kafka://" + stack.bootstrapServers()),
                URI.create(stack.jdbcUrl().substring("jdbc:".length())),
                URI.create(stack.redisUri()));
    }

    /** This machine has many loopback addresses: who listens on all addresses listens on another than the usual one. */
    private static boolean isOpenToOthers(int port) {
        try (Socket socket = new Socket("127.0.0.2", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> topicNames(LocalStack stack) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", stack.bootstrapServers()))) {
            return List.copyOf(admin.listTopics().names().get());
        }
    }

    private static void produce(LocalStack stack, int records) throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", stack.bootstrapServers(), "max.request.size", 16 << 20, "buffer.memory", 64 << 20);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(Topics.REQUESTS.name(), 0, null, new byte[LARGE_BYTES]))
                        .get();
            }
        }
    }

    private static long endOffset(LocalStack stack) {
        TopicPartition partition = new TopicPartition(Topics.REQUESTS.name(), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", stack.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            return consumer.endOffsets(List.of(partition)).getOrDefault(partition, -1L);
        }
    }

    private static void sql(LocalStack stack, String text) throws SQLException {
        try (Connection connection = connect(stack);
                var statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    private static int count(LocalStack stack) throws SQLException {
        try (Connection connection = connect(stack);
                var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM kept")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static Connection connect(LocalStack stack) throws SQLException {
        return DriverManager.getConnection(stack.jdbcUrl(), stack.jdbcUser(), stack.jdbcPassword());
    }

    private static String redis(LocalStack stack, String command) throws IOException {
        URI uri = URI.create(stack.redisUri());
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            byte[] answer = new byte[64];
            int length = socket.getInputStream().read(answer);
            return new String(answer, 0, length, StandardCharsets.US_ASCII).split("\r\n", 2)[0];
        }
    }
}
