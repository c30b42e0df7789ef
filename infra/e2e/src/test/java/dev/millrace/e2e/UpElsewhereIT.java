package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.e2e.SharedStack.Stacks;
import dev.millrace.local.LocalStack;
import dev.millrace.topic.Topics;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The one command with a broker and databases that run elsewhere: it uses them and starts none of its own. */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(SharedStack.Over.class)
class UpElsewhereIT {

    private static LocalStack elsewhere;
    private static MavenUp up;
    private static Path data;
    private static String requestId;

    @BeforeAll
    static void start() throws Exception {
        Path directory = Stacks.emptyDirectory("elsewhere");
        data = directory.resolve("services");
        elsewhere =
                LocalStack.in(directory.resolve("infrastructure")).services().start();
        Path config = Files.writeString(
                directory.resolve("up.properties"),
                "kafka = " + elsewhere.bootstrapServers() + "\n" + "postgres = postgresql://" + elsewhere.jdbcUser()
                        + ":" + elsewhere.jdbcPassword() + "@"
                        + URI.create(elsewhere.jdbcUrl().substring("jdbc:".length()))
                                .getRawAuthority()
                        + "/millrace\n");
        up = MavenUp.start(
                directory.resolve("output"),
                "-Dport=" + freePort(),
                "-Ddata=" + data,
                "-Dconfig=" + config,
                "-Dredis=" + elsewhere.redisUri());
        up.awaitUp();
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(up.banner("API") + "/chat/completions"))
                                .header("Authorization", "Bearer " + up.banner("Key"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"model\":\"echo\",\"session_id\":\"s\","
                                        + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        requestId = EchoStream.read(answer.body()).path("id").asText().replace("chatcmpl-", "");
    }

    @AfterAll
    static void stop() {
        up.close();
        elsewhere.close();
    }

    @Test
    @Order(1)
    void kafkaElsewhereCarriesTheRequest() {
        assertThat(data.resolve("kafka")).doesNotExist();
        RequestLog log = RequestLog.read(elsewhere.bootstrapServers());
        assertThat(log.accepted()).containsExactly(requestId);
        assertThat(log.verdict(requestId).completed()).isTrue();
        assertThat(RequestLog.records(elsewhere.bootstrapServers(), Topics.RULES))
                .isNotEmpty();
    }

    @Test
    @Order(2)
    void postgresElsewhereHasTheLedger() {
        assertThat(data.resolve("postgres")).doesNotExist();
        MavenUp.soon()
                .untilAsserted(
                        () -> assertThat(new Ledger(elsewhere).rows().keySet()).containsExactly(requestId));
    }

    @Test
    @Order(3)
    void redisElsewhereHasTheSession() throws Exception {
        assertThat(data.resolve("redis")).doesNotExist();
        assertThat(MavenUp.text(new ProcessBuilder(
                                "bash",
                                "-c",
                                "exec 3<>/dev/tcp/127.0.0.1/"
                                        + URI.create(elsewhere.redisUri()).getPort()
                                        + "; printf 'KEYS millrace:session:*\\r\\n' >&3; timeout 1 cat <&3")
                        .start()))
                .contains("millrace:session:");
    }

    @Test
    @Order(4)
    void aKillOfMavenLeavesNothingBehind() {
        List<ProcessHandle> all = up.all();
        assertThat(all).hasSizeGreaterThan(4);
        assertThat(elsewhere.processes()).hasSize(3);
        up.kill();
        MavenUp.soon().until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(elsewhere.processes()).allMatch(process -> process.isReady());
        assertThat(Stream.of("broker", "postgres", "redis").map(name -> data.resolve("run/" + name + ".pid")))
                .noneMatch(Files::exists);
    }

    private static int freePort() throws java.io.IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
