package dev.millrace.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.event.Failure;
import dev.millrace.event.InferenceRequested;
import dev.millrace.ingress.limit.InFlight;
import dev.millrace.ingress.reply.Exchanges;
import dev.millrace.ingress.reply.FakeCatchUp;
import dev.millrace.ingress.reply.FakeReplyLog.Replies;
import dev.millrace.ingress.reply.ReplyLog;
import dev.millrace.ingress.request.FakeRequestLog;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens to a request between its beginning and its end, seen from a real connection. */
class LifeHttpTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String WHOLE =
            "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello you\"}]}";
    private static final String STREAM =
            "{\"model\":\"echo\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello you\"}]}";

    private Door door;

    @BeforeEach
    void open() {
        door = new Door(Map.of(
                "millrace.reply.head-wait-millis", 1000,
                "millrace.reply.keep-alive-millis", 500,
                "millrace.drain.grace-millis", 1000));
    }

    @AfterEach
    void close() {
        door.close();
    }

    private String published() {
        await().atMost(SOON).until(() -> !door.requests.published.isEmpty());
        InferenceRequested request = door.requests.published.get(0);
        return request.getRequestId();
    }

    private CompletableFuture<HttpResponse<String>> begin(String body) {
        return door.client()
                .sendAsync(
                        door.request(Door.CHAT)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aClientThatLeavesWhileQueuedCancelsItsWork() throws Exception {
        for (String body : new String[] {WHOLE, STREAM}) {
            door.requests.published.clear();
            door.requests.cancelled.clear();
            Socket socket = door.raw(body);
            String id = published();
            socket.close();
            await().atMost(SOON)
                    .until(() ->
                            door.requests.cancelled.contains(new FakeRequestLog.Cancel(id, "echo", "client_left")));
            await().atMost(SOON).until(() -> door.bean(InFlight.class).requests() == 0);
            assertThat(door.replies.listeners).isEmpty();
        }
    }

    @Test
    void aClientThatLeavesInMidStreamCancelsItsWork() throws Exception {
        Socket socket = door.raw(STREAM);
        String id = published();
        door.replies.started(id);
        door.replies.say(id, Replies.chunk(id, 0, "Hello "));
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        socket.close();
        await().atMost(SOON)
                .until(() -> door.requests.cancelled.contains(new FakeRequestLog.Cancel(id, "echo", "client_left")));
        await().atMost(SOON).until(() -> door.bean(InFlight.class).requests() == 0);
    }

    @Test
    void eventsLeaveOneByOneAlsoWhereTheClientTakesCompression() throws Exception {
        try (Socket socket = door.raw(STREAM)) {
            String id = published();
            door.replies.started(id);
            door.replies.say(id, Replies.chunk(id, 0, "Hello "));
            assertThat(Door.readUntil(socket.getInputStream(), "Hello "))
                    .doesNotContainIgnoringCase("content-encoding");
            door.replies.say(id, Replies.chunk(id, 1, "you"));
            Door.readUntil(socket.getInputStream(), "you");
        }
    }

    @Test
    void anEarlyFailureHasItsStatusAndALateOneIsAnEvent() throws Exception {
        Failure overloaded = new Failure(503, "server_error", "overloaded", "Too much.", null, 1500L);
        CompletableFuture<HttpResponse<String>> early = begin(STREAM);
        String id = published();
        door.replies.started(id);
        door.replies.say(id, Replies.failed(id, 0, 0, overloaded));
        HttpResponse<String> response = early.join();
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("retry-after")).contains("2");
        assertThat(response.headers().firstValue("retry-after-ms")).contains("1500");
        assertThat(response.body())
                .isEqualTo("{\"error\":{\"message\":\"Too much.\",\"type\":\"server_error\",\"param\":null,"
                        + "\"code\":\"overloaded\"}}");

        door.requests.published.clear();
        CompletableFuture<HttpResponse<String>> late = begin(STREAM);
        String other = published();
        door.replies.started(other);
        door.replies.say(other, Replies.chunk(other, 0, "Hel"));
        door.replies.say(other, Replies.failed(other, 1, 1, overloaded));
        assertThat(late.join().statusCode()).isEqualTo(200);
        assertThat(late.join().body())
                .endsWith("data: {\"error\":{\"message\":\"Too much.\",\"type\":\"server_error\",\"param\":null,"
                        + "\"code\":\"overloaded\"}}\n\ndata: [DONE]\n\n");
        assertThat(door.requests.cancelled).isEmpty();
    }

    @Test
    void aLongWaitIsAStreamKeptAliveWithComments() throws Exception {
        CompletableFuture<HttpResponse<String>> waiting = begin(STREAM);
        String id = published();
        await().atMost(SOON).until(() -> door.bean(InFlight.class).requests() == 1);
        try (Socket socket = door.raw(STREAM)) {
            Door.readUntil(socket.getInputStream(), ": keep-alive\n\n");
            Door.readUntil(socket.getInputStream(), ": keep-alive\n\n");
        }
        door.replies.answer(id, "late");
        HttpResponse<String> response = waiting.join();
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).startsWith(": keep-alive\n\n").endsWith("data: [DONE]\n\n");
    }

    @Test
    void anUnknownOutcomeIsCancelledAndTold() throws Exception {
        door.requests.failure = new RuntimeException("no acknowledgement in time");
        HttpResponse<String> response = door.post(Door.CHAT, WHOLE);
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("retry-after")).isPresent();
        assertThat(door.requests.cancelled).singleElement().satisfies(cancel -> assertThat(cancel.cause())
                .isEqualTo("unknown_outcome"));
    }

    @Test
    void withoutTheReplyLogNothingIsPublished() throws Exception {
        door.replies.away = true;
        assertThat(door.post(Door.CHAT, WHOLE).statusCode()).isEqualTo(503);
        assertThat(door.requests.published).isEmpty();
    }

    @Test
    void aClosingDoorTakesNobodyAndLetsOthersFinishForAWhile() throws Exception {
        CompletableFuture<HttpResponse<String>> running = begin(STREAM);
        String id = published();
        door.replies.started(id);
        door.replies.say(id, Replies.chunk(id, 0, "Hello "));
        CompletableFuture<Void> closed = CompletableFuture.runAsync(door.server::close);
        await().atMost(SOON).until(() -> door.requests.cancelled.size() == 1);
        assertThat(running.join().body()).contains("\"code\":\"shutting_down\"").endsWith("data: [DONE]\n\n");
        closed.join();
    }

    @Test
    void aClosingDoorWaitsForAClientThatHasYetToTakeWhatThereIs() throws Exception {
        String large = "x".repeat(8 << 20);
        try (Door patient = new Door(Map.of("millrace.drain.grace-millis", 25_000));
                Socket socket = patient.raw(STREAM)) {
            await().atMost(SOON).until(() -> !patient.requests.published.isEmpty());
            String id = patient.requests.published.get(0).getRequestId();
            patient.replies.started(id);
            patient.replies.say(id, Replies.chunk(id, 0, large));
            patient.replies.say(id, Replies.chunk(id, 1, "last words"));
            patient.replies.say(id, Replies.end(id, 2, "stop"));
            patient.replies.say(id, Replies.finished(id, 3, 2));
            await().atMost(SOON).until(() -> patient.bean(Exchanges.class).count() == 0);
            InFlight inFlight = patient.bean(InFlight.class);
            CompletableFuture<Void> closed = CompletableFuture.runAsync(patient.server::close);
            await().atMost(SOON).until(inFlight::isDraining);
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            List<String> events = new ArrayList<>();
            assertThat(closed).isNotDone();
            for (String line = lines.readLine(); !line.equals("data: [DONE]"); line = lines.readLine()) {
                events.add(line);
            }
            assertThat(events).anyMatch(event -> event.contains(large)).anyMatch(event -> event.contains("last words"));
            closed.join();
        }
    }

    @Test
    void aBodyCountsAsLongAsItsRequestLives() throws Exception {
        CompletableFuture<HttpResponse<String>> waiting = begin(WHOLE);
        String id = published();
        assertThat(door.bean(InFlight.class).bodyBytes()).isEqualTo(WHOLE.length());
        door.replies.answer(id, "ok");
        assertThat(waiting.join().statusCode()).isEqualTo(200);
        await().atMost(SOON).until(() -> door.bean(InFlight.class).bodyBytes() == 0);
    }

    @Test
    void aClientThatDoesNotReadCostsLittleAndMissesNothing() throws Exception {
        int chunks = 60_000;
        String text = "x".repeat(300);
        try (Socket socket = door.raw(STREAM)) {
            String id = published();
            List<SpecificRecord> log = new ArrayList<>();
            log.add(Replies.started(id, 1, "w1"));
            for (int i = 0; i < chunks; i++) {
                log.add(Replies.chunk(id, i, text));
            }
            log.add(Replies.end(id, chunks, "stop"));
            log.add(Replies.finished(id, chunks + 1, chunks));
            FakeCatchUp catchUp = door.bean(FakeCatchUp.class);
            catchUp.log = log;
            ReplyLog.Listener listener = Objects.requireNonNull(door.replies.listeners.get(id));
            for (int at = 0; at < log.size(); at++) {
                listener.reply(log.get(at), at);
            }
            assertThat(door.get("/metrics").body()).contains("gateway_streams_lagging_total 1.0");

            int events = 0;
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (String line = lines.readLine(); !line.equals("data: [DONE]"); line = lines.readLine()) {
                events += line.contains("\"content\":\"x") ? 1 : 0;
            }
            assertThat(events).isEqualTo(chunks);
            assertThat(catchUp.turns.get()).isPositive();
        }
    }
}
