package dev.millrace.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** HTTP/1.0 byte by byte: no chunks, and an answer of unknown length ends with its connection. */
class OldClientTest {

    private final Door door = new Door();

    @AfterEach
    void close() {
        door.close();
    }

    /** All that comes until the server closes the connection. */
    private String exchange(String requestLine, String headers, String body) throws IOException {
        try (Socket socket = door.connect()) {
            String request = requestLine + "\r\nHost: here\r\nAuthorization: Bearer " + Door.KEY
                    + "\r\nContent-Type: application/json\r\n" + headers + "Content-Length: " + body.length()
                    + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String chat(boolean stream) {
        return "{\"model\":\"echo\",\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hello you\"}]}";
    }

    @Test
    void aStreamIsItsEventsAndNothingBetween() throws Exception {
        door.requests.onPublish = request -> door.replies.answer(request.getRequestId(), "Hello ", "you");

        // Even where the client would have kept the connection.
        for (String headers : new String[] {"", "Connection: keep-alive\r\n"}) {
            String answer = exchange("POST " + Door.CHAT + " HTTP/1.0", headers, chat(true));

            int end = answer.indexOf("\r\n\r\n");
            assertThat(answer.substring(0, end).toLowerCase(Locale.ROOT))
                    .contains(" 200 ")
                    .contains("\r\ncontent-type: text/event-stream")
                    .contains("\r\nconnection: close")
                    .doesNotContain("transfer-encoding");
            assertThat(answer.substring(end + 4).split("\n\n"))
                    .hasSizeGreaterThan(3)
                    .allMatch(event -> event.startsWith("data: ") && !event.contains("\r"))
                    .endsWith("data: [DONE]");
        }
    }

    @Test
    void aWholeAnswerIsItsJson() throws Exception {
        door.requests.onPublish = request -> door.replies.answer(request.getRequestId(), "Hello ", "you");

        String answer = exchange("POST " + Door.CHAT + " HTTP/1.0", "", chat(false));

        assertThat(answer.toLowerCase(Locale.ROOT)).doesNotContain("transfer-encoding");
        assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4))
                .startsWith("{")
                .endsWith("}");
    }

    @Test
    void aRefusalIsReadableToo() throws Exception {
        String answer = exchange("POST " + Door.CHAT + " HTTP/1.0", "", "{\"model\":1}");

        assertThat(answer).contains(" 400 ").endsWith("}").doesNotContain("ransfer-");
    }

    @Test
    void laterClientsKeepTheirChunks() throws Exception {
        door.requests.onPublish = request -> door.replies.answer(request.getRequestId(), "Hello ", "you");

        String answer = exchange("POST " + Door.CHAT + " HTTP/1.1", "Connection: close\r\n", chat(true));

        assertThat(answer.toLowerCase(Locale.ROOT)).contains("\r\ntransfer-encoding: chunked");
        assertThat(answer).endsWith("0\r\n\r\n");
    }
}
