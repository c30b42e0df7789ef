package dev.millrace.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests byte by byte of which nobody can tell where they end. */
class BrokenFramingTest {

    private static final String BODY =
            "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello you\"}]}";
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d+) ");

    private final Door door = new Door();

    @BeforeEach
    void answer() {
        door.requests.onPublish = request -> door.replies.answer(request.getRequestId(), "Hello ", "you");
    }

    @AfterEach
    void close() {
        door.close();
    }

    /** All that comes until the server closes the connection, which it must do by itself. */
    private String exchange(String... requests) throws IOException {
        try (Socket socket = door.connect()) {
            for (String request : requests) {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String chat(String headers, String body) {
        return "POST " + Door.CHAT + " HTTP/1.1\r\nAuthorization: Bearer " + Door.KEY
                + "\r\nContent-Type: application/json\r\n" + headers + "\r\n" + body;
    }

    private static String good() {
        return chat("Host: here\r\nContent-Length: " + BODY.length() + "\r\n", BODY);
    }

    private static void assertStatuses(String answers, String... statuses) {
        assertThat(STATUS.matcher(answers).results().map(status -> status.group(1)))
                .containsExactly(statuses);
        assertThat(answers.toLowerCase(Locale.ROOT)).contains("\r\nconnection: close");
    }

    @Test
    void whatFollowsABodyWithoutAnEndIsNoRequest() throws Exception {
        for (String coding : new String[] {"gzip", "xchunked", "identity"}) {
            String hidden = "GET /v1/models HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer " + Door.KEY + "\r\n\r\n";

            String answers = exchange(chat("Host: here\r\nTransfer-Encoding: " + coding + "\r\n", hidden));

            assertStatuses(answers, "400");
            assertThat(answers).contains("\"bad_request\"");
        }
    }

    @Test
    void aConnectionWithABrokenChunkIsClosedAndItsClientNotLeftWaiting() throws Exception {
        String broken = chat("Host: here\r\nTransfer-Encoding: chunked\r\n", "zz\r\n" + BODY);

        assertStatuses(exchange(broken, good()), "400");
    }

    @Test
    void requestsBeforeABrokenOneGetTheirAnswers() throws Exception {
        String broken = chat("Host: here\r\nTransfer-Encoding: gzip\r\n", BODY);

        assertStatuses(exchange(good() + good() + broken), "200", "200", "400");
    }

    @Test
    void aConnectionIsClosedWhoseBodyBreaksAfterItsAnswer() throws Exception {
        String stranger = "POST " + Door.CHAT + " HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n";
        try (Socket socket = door.connect()) {
            socket.getOutputStream().write(stranger.getBytes(StandardCharsets.UTF_8));
            Door.readUntil(socket.getInputStream(), "invalid_api_key");

            socket.getOutputStream().write("zz\r\n".getBytes(StandardCharsets.UTF_8));

            socket.getInputStream().readAllBytes();
        }
    }

    @Test
    void aRequestIsForOneHost() throws Exception {
        String length = "Content-Length: " + BODY.length() + "\r\n";

        assertStatuses(exchange(chat(length, BODY)), "400");
        assertStatuses(exchange(chat("Host: here\r\nHost: there\r\n" + length, BODY)), "400");
    }

    @Test
    void anotherHttpIsToldWhichThereIs() throws Exception {
        for (String version : new String[] {"HTTP/9.9", "HTTP/2.0", "HTTP/0.9"}) {
            String answers = exchange(good().replace("HTTP/1.1", version) + good());

            assertStatuses(answers, "505");
            assertThat(answers).contains("\"http_version_not_supported\"");
        }
    }

    @Test
    void aLaterMinorVersionIsAnsweredAsWhatIsKnownOfIt() throws Exception {
        assertStatuses(exchange(good().replace("HTTP/1.1", "HTTP/1.7") + chat("", "")), "200", "400");
    }

    @Test
    void nothingButContinueCanBeExpected() throws Exception {
        String length = "Host: here\r\nContent-Length: " + BODY.length() + "\r\n";
        for (String expected : new String[] {"200-maybe", "100-continue, more", "100-continue\r\nExpect: more"}) {
            // Some send the body without being asked to, some do not.
            for (String body : new String[] {"", BODY}) {
                String answers = exchange(chat(length + "Expect: " + expected + "\r\n", body));

                assertStatuses(answers, "417");
                assertThat(answers).contains("\"expectation_failed\"");
            }
        }
        assertThat(exchange(chat(length + "Expect: 100-Continue\r\nConnection: close\r\n", BODY)))
                .contains("HTTP/1.1 200 ");
    }

    @Test
    void whoIsRefusedBeforeTheBodyIsAskedForIsTheLast() throws Exception {
        String head = "Host: here\r\nExpect: 100-continue\r\n";
        String length = "Content-Length: " + BODY.length() + "\r\n";
        String stranger = chat(head + length, "").replace(Door.KEY, "sk-nobodys");
        String elsewhere = chat(head + length, "").replace(Door.CHAT, "/v1/nowhere");

        // Who sends no body then takes the connection for free.
        assertStatuses(exchange(stranger, good()), "401");
        assertStatuses(exchange(elsewhere), "404");
        assertStatuses(exchange(chat(head + "Content-Length: 9000000\r\n", "")), "413");
        assertStatuses(exchange(good() + stranger), "200", "401");
    }

    @Test
    void whoIsAskedForTheBodyKeepsTheConnection() throws Exception {
        String asking = chat("Host: here\r\nExpect: 100-continue\r\nContent-Length: " + BODY.length() + "\r\n", "");

        try (Socket socket = door.connect()) {
            socket.getOutputStream().write(asking.getBytes(StandardCharsets.UTF_8));
            String word = Door.readUntil(socket.getInputStream(), "\r\n\r\n");

            socket.getOutputStream().write((BODY + good() + chat("", "")).getBytes(StandardCharsets.UTF_8));

            assertThat(word).startsWith("HTTP/1.1 100 ");
            assertStatuses(
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8), "200", "200", "400");
        }
    }
}
