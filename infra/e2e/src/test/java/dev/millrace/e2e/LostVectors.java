package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.e2e.RequestLog.Verdict;
import dev.millrace.event.Finished;
import dev.millrace.local.LocalStack;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;

/** A worker dies with half of the vectors made: another makes those that are missing, and nobody sees or pays for it. */
final class LostVectors {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int MOST_AGAIN = 6;
    private static final int REQUESTS = 4;
    private static final int TEXTS = 80;
    private static final int TEXT_TOKENS = 300;
    private static final int VOCABULARY = 500;
    private static final double SAME = 0.999;

    private final LocalStack stack;
    private final RequestLog log;
    private final EchoStream client;

    LostVectors(LocalStack stack, RequestLog log) {
        this.stack = stack;
        this.log = log;
        this.client = new EchoStream(stack);
    }

    /** Texts of which none begins like another, so that nothing is spared by what was read before. */
    private static String body(int number) {
        Random random = new Random(number);
        String texts = IntStream.range(0, TEXTS)
                .mapToObj(text -> random.ints(TEXT_TOKENS, 0, VOCABULARY)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(",", "[", "]")))
                .collect(Collectors.joining(",", "[", "]"));
        return "{\"model\":\"" + GoldenVectors.MODEL + "\",\"input\":" + texts + "}";
    }

    private CompletableFuture<HttpResponse<String>> ask(int number) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return client.send(client.request("/v1/embeddings")
                        .POST(BodyPublishers.ofString(body(number)))
                        .build());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private static List<List<Float>> vectors(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        List<List<Float>> vectors = new ArrayList<>();
        for (JsonNode one : EchoStream.read(response.body()).path("data")) {
            assertThat(one.path("index").asInt()).isEqualTo(vectors.size());
            List<Float> vector = new ArrayList<>();
            one.path("embedding").forEach(number -> vector.add(number.floatValue()));
            vectors.add(vector);
        }
        assertThat(vectors).hasSize(TEXTS);
        return vectors;
    }

    void areMadeByAnother() throws Exception {
        OfficialClient.awaitModels(OfficialClient.of(stack), GoldenVectors.MODEL);
        List<HttpResponse<String>> answers = answersInSpiteOfADeath();
        List<Verdict> verdicts = verdicts(answers);
        for (int again = 0; again < MOST_AGAIN && verdicts.stream().allMatch(LostVectors::isByOne); again++) {
            // It died just between two of them.
            answers = answersInSpiteOfADeath();
            verdicts = verdicts(answers);
        }
        assertThat(verdicts)
                .allSatisfy(
                        verdict -> assertThat(verdict.ends()).singleElement().isInstanceOf(Finished.class))
                .anySatisfy(verdict -> assertThat(verdict.writers()).hasSizeGreaterThan(1));

        for (int number = 0; number < REQUESTS; number++) {
            List<List<Float>> answered = vectors(answers.get(number));
            if (!isByOne(verdicts.get(number))) {
                assertAreThose(answered, vectors(ask(number).join()));
            }
        }
        List<Verdict> billed = verdicts;
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertBilledOnce(billed));
    }

    /** A worker makes the vectors of a request before those of the next, so it dies in the middle of one. */
    private List<HttpResponse<String>> answersInSpiteOfADeath() throws Exception {
        stack.awaitReady(LIMIT);
        await("the router knows both workers").atMost(LIMIT).until(() -> client.send(
                        HttpRequest.newBuilder(URI.create(stack.operatorUrl("router") + "/metrics"))
                                .build())
                .body()
                .contains("router_workers{model=\"" + GoldenVectors.MODEL + "\",} 2.0"));
        Set<String> before = log.upToDate().accepted();
        List<CompletableFuture<HttpResponse<String>>> asked =
                IntStream.range(0, REQUESTS).mapToObj(this::ask).toList();
        awaitBothAtWork(before);
        stack.process("worker-1").kill();
        return asked.stream().map(CompletableFuture::join).toList();
    }

    /** All may have gone to one of them: then this round hits nobody, or that one. */
    private void awaitBothAtWork(Set<String> before) {
        try {
            await("both are at work")
                    .atMost(Duration.ofSeconds(15))
                    .until(() -> log.upToDate().workersSince(before).size() == 2);
        } catch (ConditionTimeoutException oneMakesThemAll) {
            // Then another round follows.
        }
    }

    private List<Verdict> verdicts(List<HttpResponse<String>> answers) {
        log.upToDate();
        return answers.stream()
                .map(answer -> answer.headers().firstValue("x-request-id").orElseThrow())
                .map(log::verdict)
                .toList();
    }

    private static boolean isByOne(Verdict verdict) {
        return verdict.writers().size() == 1;
    }

    private static void assertAreThose(List<List<Float>> answered, List<List<Float>> undisturbed) {
        for (int text = 0; text < TEXTS; text++) {
            assertThat(GoldenVectors.cosine(answered.get(text), undisturbed.get(text)))
                    .as("text %s", text)
                    .isGreaterThan(SAME);
        }
    }

    private void assertBilledOnce(List<Verdict> verdicts) {
        Map<String, List<Ledger.Row>> rows = new Ledger(stack).rows();
        assertThat(verdicts).allSatisfy(verdict -> assertThat(rows.get(verdict.requestId()))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.inputTokens()).isEqualTo(TEXTS * TEXT_TOKENS);
                    assertThat(row.outputTokens()).isZero();
                    assertThat(row.status()).isEqualTo("completed");
                }));
    }
}
