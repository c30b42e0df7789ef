package dev.millrace.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.event.UsageRecorded;
import io.micronaut.runtime.server.EmbeddedServer;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the usage API tells of the ledger, and of questions that it cannot answer. */
class UsageApiIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static Office office;
    private static long seed;

    private Usages usages;

    @BeforeAll
    static void open() throws Exception {
        office = new Office();
    }

    @AfterAll
    static void close() {
        office.close();
    }

    @BeforeEach
    void freshSeed() {
        usages = new Usages(++seed);
    }

    @AfterEach
    void closeServices() {
        office.closeServices();
    }

    @Test
    void whatIsPublishedIsInTheLedgerAndTheUsageApiTellsIt() throws Exception {
        EmbeddedServer server = office.service();
        office.publish(usages.some(60));
        office.publish(office.log.subList(office.log.size() - 30, office.log.size()).stream()
                .toList());
        office.awaitEqualsReplay();

        List<UsageRecorded> own = List.of(
                usages.at(Instant.parse("2026-03-04T05:06:07.890Z"), "acme", "qwen"),
                usages.at(Instant.parse("2026-03-04T23:59:59.999Z"), "acme", "echo"),
                usages.at(Instant.parse("2026-03-05T00:00:00Z"), "acme", "echo"),
                usages.at(Instant.parse("2026-03-04T12:00:00Z"), "globex", "echo"));
        office.publish(own);
        office.awaitEqualsReplay();

        JsonNode day = usage(server, "?from=2026-03-04&to=2026-03-04", "acme");
        assertThat(day.path("object").asText()).isEqualTo("usage");
        assertThat(day.path("from").asText()).isEqualTo("2026-03-04T00:00:00Z");
        assertThat(day.path("to").asText()).isEqualTo("2026-03-05T00:00:00Z");
        assertFigures(day.path("total"), own.subList(0, 2));
        assertThat(day.path("by_model").size()).isEqualTo(2);
        assertThat(day.path("by_model").get(0).path("model").asText()).isEqualTo("echo");
        assertFigures(day.path("by_model").get(0), own.subList(1, 2));
        assertFigures(day.path("by_model").get(1), own.subList(0, 1));

        assertFigures(
                usage(server, "?from=2026-03-04T05:06:07.891Z&to=2026-03-05T00:00:00.001Z", "acme")
                        .path("total"),
                own.subList(1, 3));
        assertFigures(
                usage(server, "?from=2026-03-04&to=2026-03-06&model=qwen", "acme")
                        .path("total"),
                own.subList(0, 1));
        assertFigures(usage(server, "?from=1772582400&to=1772755200", null).path("total"), own);
        JsonNode nothing = usage(server, "?from=2001-01-01&to=2001-01-02", "acme");
        assertFigures(nothing.path("total"), List.of());
        assertThat(nothing.path("by_model").isArray()).isTrue();
    }

    private static JsonNode usage(EmbeddedServer server, String query, @Nullable String tenant) throws Exception {
        String[] headers = tenant == null ? new String[0] : new String[] {"X-Millrace-Tenant", tenant};
        HttpResponse<String> response = Office.get(server, "/v1/usage" + query, headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static void assertFigures(JsonNode figures, List<UsageRecorded> of) {
        Sums sums = new Sums(
                figures.path("requests").asLong(),
                figures.path("failed_requests").asLong(),
                figures.path("cancelled_requests").asLong(),
                figures.path("input_tokens").asLong(),
                figures.path("cached_tokens").asLong(),
                figures.path("output_tokens").asLong(),
                figures.path("reasoning_tokens").asLong(),
                figures.path("cost_micros").asLong());
        assertThat(sums).isEqualTo(Sums.ofLog(of.stream()));
    }

    @Test
    void aWrongParameterIsNamed() throws Exception {
        EmbeddedServer server = office.service();
        for (String query : List.of(
                "from=soon",
                "to=2026-02-30",
                "to=2026-01-01&from=2026-02-01",
                "model=%00",
                "model=a&model=b",
                "to=2026-01-01&to=2026-01-02",
                "frm=2026-01-01")) {
            HttpResponse<String> response = Office.get(server, "/v1/usage?" + query);
            assertThat(response.statusCode()).as(query).isEqualTo(400);
            JsonNode error = JSON.readTree(response.body()).path("error");
            assertThat(error.path("param").asText()).isEqualTo(query.substring(0, query.indexOf('=')));
            assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
            assertThat(error.fieldNames()).toIterable().containsExactlyInAnyOrder("message", "type", "param", "code");
        }
    }
}
