package dev.millrace.billing.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.billing.EmbeddedPostgres;
import dev.millrace.billing.Sums;
import dev.millrace.billing.Usages;
import dev.millrace.event.UsageRecorded;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the tables hold, and that they are there when they are needed. */
class LedgerTablesIT {

    private static EmbeddedPostgres postgres;

    private Books books;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void open() throws SQLException {
        books = new Books(postgres);
    }

    @AfterEach
    void close() {
        books.close();
    }

    @Test
    void tablesThatAreGoneAreMadeAgain() throws Exception {
        Migration migration = new Migration(books.connections());
        migration.run();
        String schema = books.schema();
        try (Connection connection = books.connections().getConnection()) {
            connection.createStatement().execute("DROP SCHEMA %1$s CASCADE; CREATE SCHEMA %1$s".formatted(schema));
        }

        migration.run();

        List<UsageRecorded> log = Books.log(12, 10);
        books.catchUp(log, 10);
        books.assertEqualsReplay(log);
    }

    @Test
    void aRowThatPostgresNeverTakesIsFoundAndTheOthersStay() throws Exception {
        try (Connection connection = books.connections().getConnection()) {
            connection.createStatement().execute("ALTER TABLE request_logs ADD CHECK (input_tokens <> 666)");
        }
        Ledger ledger = books.ledger();
        List<LedgerEntry> entries = new ArrayList<>(
                Books.log(6, 5).stream().map(LedgerEntry::of).distinct().toList());
        UsageRecorded bad = new Usages(7).at(Books.NOW);
        UsageRecorded poison = new UsageRecorded(
                bad.getRequestId(),
                bad.getFacts(),
                bad.getOutcome(),
                null,
                "p",
                "p",
                "w",
                1,
                666,
                0,
                1,
                0,
                0L,
                null,
                0L);
        entries.add(2, LedgerEntry.of(poison));

        assertThatThrownBy(() -> ledger.write(entries, List.of(Books.progress(0, null, 6))))
                .isInstanceOfSatisfying(SQLException.class, e -> assertThat(Ledger.isAboutData(e))
                        .isTrue());

        assertThat(ledger.unwritable(entries)).containsExactly(LedgerEntry.of(poison));
        assertThat(Sums.ofLedger(books.connections()))
                .allSatisfy((table, sums) -> assertThat(sums.requests()).isZero());
        assertThat(ledger.offsets(Books.TOPIC)).isEmpty();
    }

    @Test
    void everyColumnHoldsWhatTheRecordSaid() throws Exception {
        UsageRecorded usage = Books.log(8, 1).get(0);
        books.catchUp(List.of(usage), 1);

        try (Connection connection = books.connections().getConnection();
                var row = connection.createStatement().executeQuery("SELECT * FROM request_logs")) {
            assertThat(row.next()).isTrue();
            LedgerEntry entry = LedgerEntry.of(usage);
            assertThat(row.getString("request_id")).isEqualTo(usage.getRequestId());
            assertThat(row.getTimestamp("created_at").toInstant()).isEqualTo(entry.createdAt());
            assertThat(row.getString("tenant")).isEqualTo(entry.tenant());
            assertThat(row.getString("user_id")).isEqualTo(entry.userId());
            assertThat(row.getString("key_id")).isEqualTo(entry.keyId());
            assertThat(row.getString("session_id")).isEqualTo(entry.sessionId());
            assertThat(row.getString("model_name")).isEqualTo(entry.modelName());
            assertThat(row.getString("provider_id")).isEqualTo("echo");
            assertThat(row.getInt("input_tokens")).isEqualTo(usage.getInputTokens());
            assertThat(row.getInt("cached_tokens")).isEqualTo(usage.getCachedTokens());
            assertThat(row.getInt("output_tokens")).isEqualTo(usage.getOutputTokens());
            assertThat(row.getInt("reasoning_tokens")).isEqualTo(usage.getReasoningTokens());
            assertThat(row.getLong("latency_ms")).isEqualTo(500);
            assertThat(row.getObject("first_token_ms", Long.class)).isEqualTo(entry.firstTokenMs());
            assertThat(row.getString("status")).isEqualTo(entry.status());
            assertThat(row.getString("error_message")).isEqualTo(entry.errorMessage());
            assertThat(row.getLong("input_micros_per_million")).isEqualTo(250_000);
            assertThat(row.getLong("cached_micros_per_million")).isEqualTo(30_000);
            assertThat(row.getLong("output_micros_per_million")).isEqualTo(1_250_001);
            assertThat(row.getLong("cost_micros")).isEqualTo(entry.costMicros());
            assertThat(row.getString("metadata")).isEqualTo("{\"a\": \"b\uFFFD\"}");
        }
    }

    @Test
    void partitionsAreMadeAheadAndWhereAnOldRecordNeedsOne() throws Exception {
        UsageRecorded old = new Usages(9).at(Instant.parse("2024-02-29T23:59:59.999Z"));
        UsageRecorded edge = new Usages(10).at(Instant.parse("2024-03-01T00:00:00Z"));
        books.catchUp(List.of(old, edge, old), 3);

        try (Connection connection = books.connections().getConnection();
                var rows = connection
                        .createStatement()
                        .executeQuery("SELECT tableoid::regclass::text FROM request_logs ORDER BY created_at")) {
            rows.next();
            assertThat(rows.getString(1)).endsWith("request_logs_2024_02");
            rows.next();
            assertThat(rows.getString(1)).endsWith("request_logs_2024_03");
            assertThat(rows.next()).isFalse();
            for (String month : List.of("2026_11", "2026_12", "2027_01")) {
                var table = connection
                        .createStatement()
                        .executeQuery("SELECT to_regclass('request_logs_" + month + "') IS NOT NULL");
                table.next();
                assertThat(table.getBoolean(1)).as(month).isTrue();
            }
        }
    }
}
