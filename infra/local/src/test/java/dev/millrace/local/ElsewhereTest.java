package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElsewhereTest {

    /** Nobody listens there. */
    private static final String NOBODY = "127.0.0.1:1";

    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private volatile String answer = "+OK\r\n+OK\r\n+PONG\r\n";
    private ServerSocket somebody;

    @BeforeEach
    void listen() throws Exception {
        somebody = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread listener = new Thread(this::answerAll, "somebody");
        listener.setDaemon(true);
        listener.start();
    }

    @AfterEach
    void close() throws Exception {
        somebody.close();
    }

    private void answerAll() {
        while (true) {
            try (Socket caller = somebody.accept()) {
                caller.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                caller.shutdownOutput();
                said.add(new String(caller.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            } catch (SocketException closed) {
                if (somebody.isClosed()) {
                    return;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private String address() {
        return "127.0.0.1:" + somebody.getLocalPort();
    }

    @Test
    void whatAnswersIsUsed() {
        assertThat(hindrance(null, null, null)).isNull();
        assertThat(hindrance(null, null, "redis://:pw@" + address() + "/0")).isNull();
        answer = "\0\0\0\nMill\0\0\0\0\0\0";
        assertThat(hindrance(NOBODY + " , " + address(), null, null)).isNull();
    }

    /** A broker in a container, say, which is found by its published port and calls itself by a name of its own. */
    @Test
    void whereABrokerSendsItsClientsMustBeReachableToo() {
        answer = "\0\0\0\50Mill" + broker(1, "127.0.0.1", somebody.getLocalPort());
        assertThat(hindrance(address(), null, null)).isNull();
        answer = "\0\0\0\50Mill" + broker(1, "nowhere.invalid", 9092);
        assertThat(hindrance(address(), null, null))
                .contains("-Dkafka= names at " + address(), "nowhere.invalid:9092", "cannot be reached");
    }

    /** As version 1 of an answer about the cluster names it: how many, number, host, port, no rack. */
    private static String broker(int number, String host, int port) {
        byte[] bytes = ByteBuffer.allocate(16 + host.length())
                .putInt(1)
                .putInt(number)
                .putShort((short) host.length())
                .put(host.getBytes(StandardCharsets.ISO_8859_1))
                .putInt(port)
                .putShort((short) -1)
                .array();
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 400 Bad Request\r\n\r\n", "\0\0\0\nsome\0\0\0\0\0\0", "\0\0\0\nMi"})
    void whatIsNoKafkaIsNotTakenForOne(String words) {
        answer = words;

        assertThat(hindrance(NOBODY + "," + address(), null, null))
                .contains(address(), "-Dkafka=", "does not answer as Kafka")
                .doesNotContain(NOBODY);
    }

    @Test
    void whoUsesRedisLogsInFirst() throws Exception {
        assertThat(hindrance(null, null, "redis://user:secret@" + address() + "/3"))
                .isNull();
        assertThat(heard()).isEqualTo(words("AUTH", "user", "secret") + words("SELECT", "3") + words("PING"));

        assertThat(hindrance(null, null, "redis://:secret@" + address())).isNull();
        assertThat(heard()).isEqualTo(words("AUTH", "secret") + words("PING"));
    }

    /** What the first caller said that said anything. */
    private String heard() throws InterruptedException {
        String words = "";
        while (words.isEmpty()) {
            words = Objects.requireNonNull(said.poll(20, TimeUnit.SECONDS), "nobody called");
        }
        return words;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-WRONGPASS invalid username-password pair or user is disabled.\r\n",
                "+OK\r\n-ERR DB index is out of range\r\n",
                "+OK\r\n+OK\r\n-NOAUTH Authentication required.\r\n"
            })
    void whatRedisHasAgainstUsIsTold(String refusal) {
        answer = refusal;

        assertThat(hindrance(null, null, "redis://user:secret@" + address() + "/99"))
                .contains(
                        address(),
                        "-Dredis=",
                        refusal.substring(refusal.indexOf('-') + 1).strip())
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "+OK\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "+OK\r\n$3\r\n"})
    void whatIsNoRedisIsNotTakenForOne(String words) {
        answer = words;

        assertThat(hindrance(null, null, "redis://:secret@" + address() + "/1"))
                .contains(address(), "does not answer as Redis")
                .doesNotContain("secret");
    }

    private static String words(String... words) {
        StringBuilder line = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            line.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return line.toString();
    }

    @Test
    void whatDoesNotAnswerIsNamedByItsAddressAndItsOption() {
        assertThat(hindrance(NOBODY + ",127.0.0.1:99999", null, null)).contains(NOBODY, "-Dkafka=");
        assertThat(hindrance("nowhere.invalid:9092", null, null)).contains("nowhere.invalid:9092");
        assertThat(hindrance(null, null, "redis://:secret@" + NOBODY))
                .contains(NOBODY, "-Dredis=")
                .doesNotContain("secret");
        assertThat(hindrance(null, "postgresql://u:secret@" + NOBODY + "/db", null))
                .contains(NOBODY, "-Dpostgres=")
                .doesNotContain("secret");
    }

    private static @Nullable String hindrance(
            @Nullable String kafka, @Nullable String postgres, @Nullable String redis) {
        return Elsewhere.hindrance(new StackSettings.External(
                        kafka, postgres == null ? null : ExternalPostgres.parse(postgres), redis))
                .orElse(null);
    }
}
