package dev.millrace.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.ingress.limit.InFlight;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How long the door waits for the rest of a request that has begun. */
class PatienceHttpTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String WHOLE =
            "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello you\"}]}";

    @Test
    void aBodyThatDoesNotComeGivesItsRoomBack() throws Exception {
        try (Door impatient = new Door(Map.of("millrace.body.timeout-millis", 1500));
                Socket patient = impatient.raw(WHOLE)) {
            await().atMost(SOON).until(() -> !impatient.requests.published.isEmpty());
            try (Socket stalled = impatient.connect()) {
                stalled.getOutputStream()
                        .write(("POST " + Door.CHAT + " HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer " + Door.KEY
                                        + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{")
                                .getBytes(StandardCharsets.UTF_8));
                assertThat(stalled.getInputStream().read()).isEqualTo(-1);
            }
            await().atMost(SOON).until(() -> impatient.bean(InFlight.class).requests() == 1);

            // Whose body is there may wait for its answer for longer.
            impatient.replies.answer(impatient.requests.published.get(0).getRequestId(), "late");
            assertThat(Door.readUntil(patient.getInputStream(), "late")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aHeadThatDoesNotEndIsNotAwaitedForEver() throws Exception {
        try (Door impatient = new Door(Map.of("millrace.head.timeout-millis", 300));
                Socket slow = impatient.connect()) {
            slow.getOutputStream().write("GET /health HTTP/1.1\r\nHost: he".getBytes(StandardCharsets.UTF_8));
            assertThat(slow.getInputStream().read()).isEqualTo(-1);
        }
    }

    /** What is to be the next request may come slowly while an answer is under way. */
    @Test
    void aHeadThatDoesNotEndCostsNoAnswer() throws Exception {
        try (Door impatient = new Door(Map.of("millrace.head.timeout-millis", 100));
                Socket socket = impatient.raw(WHOLE);
                Socket idle = impatient.connect()) {
            await().atMost(SOON).until(() -> !impatient.requests.published.isEmpty());
            String id = impatient.requests.published.get(0).getRequestId();
            socket.getOutputStream().write("GET /hea".getBytes(StandardCharsets.UTF_8));
            // Whose head began later and who is owed nothing is sent away: by then the time of the other is over, too.
            idle.getOutputStream().write("GET /hea".getBytes(StandardCharsets.UTF_8));
            assertThat(idle.getInputStream().read()).isEqualTo(-1);

            impatient.replies.answer(id, "whole");

            assertThat(Door.readUntil(socket.getInputStream(), "whole")).startsWith("HTTP/1.1 200");
        }
    }
}
