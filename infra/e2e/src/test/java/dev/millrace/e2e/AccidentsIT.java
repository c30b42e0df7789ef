package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.e2e.EchoStream.Outcome;
import dev.millrace.e2e.RequestLog.Verdict;
import dev.millrace.e2e.SharedStack.Stacks;
import dev.millrace.event.Closed;
import dev.millrace.event.Failed;
import dev.millrace.event.Finished;
import dev.millrace.local.LocalStack;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kills each process while many streams run, and then holds client, log and ledger against each other. What else does
 * harm to a stack follows on the same one.
 */
@TestMethodOrder(MethodOrderer.MethodName.class)
class AccidentsIT {

    private static final int STREAMS = 70;
    private static final int TOKENS = 36;
    private static final int TOKEN_MILLIS = 250;
    private static final int MUST_HIT = 50;

    /** Some may end before the process does. */
    private static final int UNDER_WAY = 60;

    private static final Duration SETTLING = Duration.ofSeconds(120);

    private static LocalStack stack;
    private static RequestLog log;
    private static int asked;

    @BeforeAll
    static void start() throws Exception {
        stack = LocalStack.in(Stacks.emptyDirectory("faults"))
                .workers(2)
                .model(GoldenVectors.MODEL, GoldenVectors.checkpoint())
                // For the tests without a worker; those that kill one have another within a few seconds.
                .environment("router", "MILLRACE_SCHEDULER_NO_WORKER_MILLIS", "15000")
                // Many are stopped here, before the stack that others share has written any.
                .withoutNewArchives()
                .start();
        log = RequestLog.follow(stack.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        log.close();
        stack.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker-1", "router", "billing", "postgres", "redis", "ingress", "broker"})
    void aKilledProcessCostsNobodyATokenAndNobodyAnEnd(String victim) throws Exception {
        Set<String> before = log.upToDate().accepted();
        EchoStream client = new EchoStream(stack);
        int first = asked;
        List<CompletableFuture<Outcome>> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            streams.add(client.ask(asked++, TOKENS, TOKEN_MILLIS));
        }
        await("streams under way")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(250))
                .until(() -> log.upToDate().running() >= UNDER_WAY);

        long fromMillis = System.currentTimeMillis();
        stack.process(victim).kill();
        long toMillis = System.currentTimeMillis();

        List<Outcome> outcomes = streams.stream().map(CompletableFuture::join).toList();
        stack.awaitReady(SETTLING);
        await().atMost(SETTLING).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> holdsTogether(before));
        assertThat(log.upToDate().runningThrough(fromMillis, toMillis))
                .as("streams in the middle of which %s was killed", victim)
                .isGreaterThanOrEqualTo(MUST_HIT);
        for (int i = 0; i < STREAMS; i++) {
            holdsForClient(outcomes.get(i), EchoStream.words(first + i, TOKENS), victim);
        }
        usageTellsTheSame(client);
    }

    /** Comes after those, which expect nothing else in the log. */
    @Test
    void vectorsThatAreMissingAreMadeByAnother() throws Exception {
        new LostVectors(stack, log).areMadeByAnother();
    }

    /** Comes after all of those, too: of what it does the ledger and the log hold more than they expect. */
    @Nested
    class WithoutAPart extends Without {
        WithoutAPart() {
            super(stack, log);
        }
    }

    /** What a client got is the text from its beginning; all of it, unless its own ingress died. */
    private static void holdsForClient(Outcome outcome, String text, String victim) {
        assertThat(text).startsWith(outcome.text());
        if (!victim.equals("ingress")) {
            assertThat(outcome.isWhole())
                    .as("%s with status %s ended with %s", victim, outcome.status(), last(outcome))
                    .isTrue();
            assertThat(outcome.text()).isEqualTo(text);
        }
    }

    /** The usage API sums up what the log says of every request so far. */
    private static void usageTellsTheSame(EchoStream client) throws Exception {
        List<Verdict> verdicts =
                log.upToDate().accepted().stream().map(log::verdict).toList();
        String span = "?from=" + LocalDate.now(ZoneOffset.UTC).minusDays(1) + "&to="
                + LocalDate.now(ZoneOffset.UTC).plusDays(1);
        JsonNode total = EchoStream.read(
                        client.send(client.request("/v1/usage" + span).GET().build())
                                .body())
                .path("total");
        assertThat(total.path("requests").asInt()).isEqualTo(verdicts.size());
        assertThat(total.path("input_tokens").asInt())
                .isEqualTo(verdicts.stream().mapToInt(Verdict::promptTokens).sum());
        assertThat(total.path("output_tokens").asInt())
                .isEqualTo(verdicts.stream().mapToInt(Verdict::tokens).sum());
    }

    private static String last(Outcome outcome) {
        return outcome.lines().isEmpty()
                ? "nothing"
                : outcome.lines().get(outcome.lines().size() - 1);
    }

    /** Each accepted request has one end, all its text in order, and one row that says the same. */
    private static void holdsTogether(Set<String> before) {
        Map<String, List<Ledger.Row>> rows = new Ledger(stack).rows();
        Set<String> now = new TreeSet<>(log.upToDate().accepted());
        now.removeAll(before);
        // An ingress that is killed may not have taken all of them yet.
        assertThat(now).hasSizeGreaterThanOrEqualTo(MUST_HIT);
        for (String id : now) {
            Verdict verdict = log.verdict(id);
            assertThat(verdict.ends()).as("ends of %s", id).hasSize(1);
            String asked = EchoStream.read(log.request(id).getPrompt())
                    .path("messages")
                    .path(0)
                    .path("content")
                    .asText();
            assertThat(asked).startsWith(verdict.text());
            SpecificRecord end = verdict.ends().get(0);
            if (end instanceof Finished) {
                assertThat(verdict.text()).isEqualTo(asked);
                assertThat(verdict.tokens()).isEqualTo(TOKENS);
            }
            assertThat(rows.getOrDefault(id, List.of())).as("rows of %s", id).hasSize(1);
            Ledger.Row row = rows.get(id).get(0);
            assertThat(row.outputTokens()).isEqualTo(verdict.tokens());
            assertThat(row.inputTokens()).isEqualTo(verdict.promptTokens());
            assertThat(row.status()).isEqualTo(status(end));
        }
        assertThat(rows.keySet()).isEqualTo(log.accepted());
    }

    private static String status(SpecificRecord end) {
        if (end instanceof Finished) {
            return "completed";
        }
        return (end instanceof Failed failed ? failed.getOutcome() : ((Closed) end).getOutcome())
                .name()
                .toLowerCase(Locale.ROOT);
    }
}
