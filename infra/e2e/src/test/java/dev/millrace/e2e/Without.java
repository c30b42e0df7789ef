package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.e2e.EchoStream.Outcome;
import dev.millrace.e2e.Garbage.Place;
import dev.millrace.event.Closed;
import dev.millrace.event.DeadLettered;
import dev.millrace.local.LocalStack;
import dev.millrace.local.process.Supervised;
import dev.millrace.reply.RequestIds;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.RequestHeaders;
import dev.millrace.topic.SchemaLookup;
import dev.millrace.topic.Topic;
import dev.millrace.topic.Topics;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What still works, and what is said, while a part is missing or sends nonsense, or clients ask for too much. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class Without {

    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final int TURN_WORDS = 20;
    private static final int LARGE_BODIES = 24;
    private static final int LARGE_KILOBYTES = (8 << 10) - 1;
    private static final Executor EACH_BY_ITSELF = work -> new Thread(work).start();

    private final LocalStack stack;
    private final RequestLog log;
    private final EchoStream client;

    /** On a stack that is there already, for its start is most of the work. */
    Without(LocalStack stack, RequestLog log) {
        this.stack = stack;
        this.log = log;
        this.client = new EchoStream(stack);
    }

    @BeforeEach
    void everyPartWorks() throws Exception {
        stack.awaitReady(WAIT);
    }

    private HttpResponse<String> ask(String fields) {
        return post("{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]" + fields + "}");
    }

    private HttpResponse<String> post(String body) {
        try {
            return client.send(client.request("/v1/chat/completions")
                    .POST(BodyPublishers.ofString(body))
                    .build());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void withoutAWorkerARequestIsToldToComeAgain() throws Exception {
        List<Supervised> workers = stack.processes().stream()
                .filter(process -> process.name().startsWith("worker-"))
                .toList();
        for (Supervised worker : workers) {
            worker.stop();
        }
        HttpResponse<String> refused = ask("");
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        assertThat(EchoStream.read(refused.body()).path("error").path("message").asText())
                .isNotBlank();
        for (Supervised worker : workers) {
            worker.start();
        }
        for (Supervised worker : workers) {
            worker.awaitReady(WAIT);
        }
        await().atMost(WAIT).until(() -> ask("").statusCode() == 200);
    }

    @Test
    void withoutRedisOnlySessionsFail() throws Exception {
        stack.process("redis").stop();
        HttpResponse<String> session = ask(",\"session_id\":\"s\"");
        assertThat(session.statusCode()).as(session.body()).isEqualTo(503);
        assertThat(ask("").statusCode()).isEqualTo(200);
        stack.process("redis").start();
        stack.process("redis").awaitReady(WAIT);
        await().atMost(WAIT).until(() -> ask(",\"session_id\":\"s\"").statusCode() == 200);
    }

    @Test
    void theTurnOfAnIngressThatDiedIsInTheConversation() throws Exception {
        Conversation conversation = new Conversation(client);
        try (BufferedReader turn = conversation.beginTurn(EchoStream.words(1, TURN_WORDS))) {
            stack.process("ingress").kill();
        }
        stack.process("ingress").awaitReady(WAIT);
        assertThat(conversation.promptWords("next")).isEqualTo(2 * TURN_WORDS + 1);
        assertThat(conversation.promptWords("last")).isEqualTo(2 * TURN_WORDS + 2 + 1);
    }

    @Test
    void aTurnInTheMiddleOfWhichRedisDiedIsInTheConversation() throws Exception {
        Conversation conversation = new Conversation(client);
        try (BufferedReader turn = conversation.beginTurn(EchoStream.words(2, TURN_WORDS))) {
            stack.process("redis").kill();
            assertThat(turn.lines()).contains("data: [DONE]");
        }
        stack.process("redis").awaitReady(WAIT);
        assertThat(conversation.promptWords("next")).isEqualTo(2 * TURN_WORDS + 1);
    }

    @Test
    void whatWasDeliveredToAClientThatLeftIsInTheConversation() throws Exception {
        Conversation conversation = new Conversation(client);
        conversation.beginTurn(EchoStream.words(3, TURN_WORDS)).close();
        assertThat(conversation.promptWords("next")).isBetween(TURN_WORDS + 1 + 1, 2 * TURN_WORDS);
    }

    @Test
    void withoutBillingOnlyUsageFailsAndNothingIsLost() throws Exception {
        stack.process("billing").stop();
        assertThat(client.send(client.request("/v1/usage").GET().build()).statusCode())
                .isEqualTo(503);
        assertThat(ask("").statusCode()).isEqualTo(200);
        stack.process("billing").start();
        stack.process("billing").awaitReady(WAIT);
        await().atMost(WAIT)
                .untilAsserted(() -> assertThat(new Ledger(stack).rows().keySet())
                        .isEqualTo(log.upToDate().accepted()));
    }

    @Test
    void garbageIsPutAsideAndTheRequestItBelongedToIsClosed() throws Exception {
        String id = new RequestIds("only-its-place-matters", new Random())
                .mint(System.currentTimeMillis(), 3, 0)
                .toString();
        RecordMetadata place;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", stack.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> garbage = new ProducerRecord<>(
                    Topics.REQUESTS.name(),
                    "echo".getBytes(StandardCharsets.UTF_8),
                    "no event".getBytes(StandardCharsets.UTF_8));
            RequestHeaders.put(garbage.headers(), RequestHeaders.REQUEST_ID, id);
            RequestHeaders.put(garbage.headers(), RequestHeaders.REPLY_PARTITION, "3");
            place = producer.send(garbage).get();
        }
        EventCodec codec = new EventCodec(SchemaLookup.NONE);
        await().atMost(WAIT).untilAsserted(() -> {
            assertThat(RequestLog.records(stack.bootstrapServers(), Topics.DEAD_LETTERS))
                    .map(record -> (DeadLettered) codec.decode(record.value()))
                    .anySatisfy(letter -> {
                        assertThat(letter.getTopic()).isEqualTo(Topics.REQUESTS.name());
                        assertThat(letter.getPartition()).isEqualTo(place.partition());
                        assertThat(letter.getOffset()).isEqualTo(place.offset());
                        assertThat(letter.getCause()).isEqualTo("NO_EVENT");
                        assertThat(letter.getRequestId()).isEqualTo(id);
                    });
            assertThat(log.upToDate().verdict(id).ends()).singleElement().isInstanceOf(Closed.class);
        });
        assertThat(ask("").statusCode()).isEqualTo(200);
    }

    @Test
    void everyServiceTellsItsMetersAndItsHealth() throws Exception {
        ask("");
        HttpResponse<String> metrics =
                client.send(client.request("/metrics").GET().build());
        assertThat(metrics.body())
                .containsPattern("gateway_requests_total\\{[^}]*model=\"echo\"[^}]*}")
                .contains("gateway_request_duration_seconds", "gateway_tokens_used_total");
        for (String path : new String[] {"/health", "/health/liveness", "/health/readiness", "/ready"}) {
            assertThat(client.send(client.request(path).GET().build()).statusCode())
                    .as(path)
                    .isEqualTo(200);
        }
        JsonNode health = EchoStream.read(
                client.send(client.request("/health").GET().build()).body());
        assertThat(health.path("dependencies").path("kafka").path("status").asText())
                .isEqualTo("UP");
    }

    @Test
    void garbageInEveryTopicDisturbsNobody() throws Exception {
        Garbage garbage = new Garbage(stack.bootstrapServers());
        List<CompletableFuture<Outcome>> streams =
                IntStream.range(0, 10).mapToObj(i -> client.ask(i, 40, 150)).toList();
        await().atMost(WAIT).until(() -> log.upToDate().running() > 0);
        List<Topic> topics = new ArrayList<>(Topics.FIXED);
        topics.remove(Topics.DEAD_LETTERS);
        topics.add(Topics.work(Topics.poolFor("echo")));
        Set<Place> places = garbage.put(topics);
        Set<String> ids = new TreeSet<>();
        for (int i = 0; i < streams.size(); i++) {
            Outcome outcome = streams.get(i).join();
            assertThat(outcome.isWhole()).isTrue();
            assertThat(outcome.text()).isEqualTo(EchoStream.words(i, 40));
            ids.add(outcome.id());
        }

        // Schemas are read when a service starts, or meets one that it does not know.
        stack.process("billing").stop();
        stack.process("billing").start();
        stack.process("billing").awaitReady(WAIT);
        await().atMost(WAIT).untilAsserted(() -> {
            List<DeadLettered> letters = garbage.putAside();
            assertThat(letters).extracting(Garbage::placeOf).containsAll(places);
            assertThat(letters)
                    .allSatisfy(letter -> assertThat(letter.getCause()).isNotBlank());
        });
        assertThat(ask(",\"session_id\":\"after\"").statusCode()).isEqualTo(200);
        await().atMost(WAIT)
                .untilAsserted(
                        () -> assertThat(new Ledger(stack).rows().keySet()).containsAll(ids));
        assertThat(stack.processes()).allMatch(Supervised::isReady);
    }

    /** Comes last: the log is not small any more then. */
    @Test
    @Order(Integer.MAX_VALUE)
    void manyLargeBodiesAtOnceAreAnsweredOrToldToComeAgain() {
        Map<String, Integer> restarts = restarts();
        String words = EchoStream.words(7, 5);
        String body = "{\"model\":\"echo\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"" + words
                + (" " + "x".repeat(1023)).repeat(LARGE_KILOBYTES) + "\"}]}";
        List<CompletableFuture<HttpResponse<String>>> asked = IntStream.range(0, LARGE_BODIES)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> post(body), EACH_BY_ITSELF))
                .toList();
        List<HttpResponse<String>> answers =
                asked.stream().map(CompletableFuture::join).toList();
        assertThat(answers).allSatisfy(answer -> {
            if (answer.statusCode() == 200) {
                assertThat(EchoStream.read(answer.body())
                                .at("/choices/0/message/content")
                                .asText()
                                .strip())
                        .isEqualTo(words);
            } else {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
                assertThat(answer.headers().firstValue("retry-after")).isPresent();
            }
        });
        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).isNotEmpty();

        await().atMost(WAIT).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> assertThat(
                        log.upToDate().accepted())
                .allSatisfy(id -> assertThat(log.verdict(id).ends()).as(id).hasSize(1)));
        assertThat(restarts()).as("a heap that was too small ends its process").isEqualTo(restarts);
    }

    private Map<String, Integer> restarts() {
        return stack.processes().stream().collect(Collectors.toMap(Supervised::name, Supervised::restarts));
    }
}
