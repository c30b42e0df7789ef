package dev.millrace.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ChatHttpTest {

    private static Door door;

    @BeforeAll
    static void open() {
        door = new Door();
    }

    @AfterAll
    static void close() {
        door.close();
    }

    @Test
    void aWholeAnswerHasTheShapeThatClientsKnow() throws Exception {
        door.requests.onPublish = request -> door.replies.answer(request.getRequestId(), "Hello ", "you");

        HttpResponse<String> response =
                door.post(Door.CHAT, "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello you\"}]}");
        System.out.println(response.headers().map() + response.body());

        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void aStreamIsExactlyItsEvents() throws Exception {
        door.requests.onPublish = request -> door.replies.answer(request.getRequestId(), "Hello ", "you");

        HttpResponse<String> response = door.post(
                Door.CHAT,
                "{\"model\":\"echo\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\"user\",\"content\":\"Hello you\"}]}");
        System.out.println(response.headers().map() + response.body());

        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void others() throws Exception {
        for (HttpResponse<String> response : new HttpResponse[] {
            door.get("/v1/nothing"), door.get(Door.CHAT), door.post(Door.CHAT, "{"), door.post(Door.CHAT, ""),
            door.send(door.request(Door.CHAT).header("Content-Type", "text/plain").POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}"))),
            door.send(door.request(Door.CHAT).header("Content-Type", "application/json").POST(java.net.http.HttpRequest.BodyPublishers.ofString("x".repeat(9<<20)))),
            door.send(door.request(Door.CHAT).header("Content-Type", "application/json").POST(java.net.http.HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(new byte[9<<20])))),
            door.send(java.net.http.HttpRequest.newBuilder(door.uri(Door.CHAT)).GET()),
            door.send(java.net.http.HttpRequest.newBuilder(door.uri("/foo")).GET()),
        }) {
            System.out.println(response.statusCode() + " " + response.headers().map() + response.body());
        }
    }
}
