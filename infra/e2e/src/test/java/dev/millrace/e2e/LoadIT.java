package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.e2e.EchoStream.Outcome;
import dev.millrace.local.LocalStack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many streams at once: each exactly what it must be, and the ledger exactly what was delivered. */
@ExtendWith(SharedStack.class)
class LoadIT {

    private static final int STREAMS = 200;
    private static final int TOKENS = 200;

    @Test
    void twoHundredStreamsOfTwoHundredTokensAreExactAndBilledOnce(LocalStack stack) {
        EchoStream client = new EchoStream(stack);
        List<CompletableFuture<Outcome>> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            streams.add(client.ask(i, TOKENS, 5));
        }
        List<Outcome> outcomes = streams.stream().map(CompletableFuture::join).toList();
        for (int i = 0; i < STREAMS; i++) {
            Outcome outcome = outcomes.get(i);
            assertThat(outcome.status()).isEqualTo(200);
            assertThat(outcome.isWhole()).isTrue();
            assertThat(outcome.text()).isEqualTo(EchoStream.words(i, TOKENS));
            List<JsonNode> events = outcome.events();
            JsonNode usage = events.get(events.size() - 1).path("usage");
            assertThat(usage.path("completion_tokens").asInt()).isEqualTo(TOKENS);
        }
        Set<String> ids = outcomes.stream().map(Outcome::id).collect(Collectors.toSet());
        assertThat(ids).hasSize(STREAMS);

        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    Map<String, List<Ledger.Row>> rows = new Ledger(stack).rows();
                    // What other tests asked of the same stack may be settled only now.
                    rows.keySet().retainAll(ids);
                    assertThat(rows.keySet()).isEqualTo(ids);
                    assertThat(rows.values()).allSatisfy(row -> {
                        assertThat(row).hasSize(1);
                        assertThat(row.get(0).outputTokens()).isEqualTo(TOKENS);
                        assertThat(row.get(0).inputTokens()).isEqualTo(TOKENS);
                        assertThat(row.get(0).status()).isEqualTo("completed");
                    });
                });
    }
}
