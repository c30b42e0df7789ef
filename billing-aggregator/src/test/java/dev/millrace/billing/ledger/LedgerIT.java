package dev.millrace.billing.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.billing.EmbeddedPostgres;
import dev.millrace.billing.Sums;
import dev.millrace.billing.Usages;
import dev.millrace.event.UsageRecorded;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class LedgerIT {

    private static final String TOPIC = "millrace.usage";
    private static final int EPOCH = 3;
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private static EmbeddedPostgres postgres;

    private HikariDataSource dataSource;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void migrate() throws SQLException {
        dataSource = postgres.schema("ledger_" + SCHEMAS.incrementAndGet());
        new Migration(dataSource).run();
    }

    @AfterEach
    void close() {
        dataSource.close();
    }

    private static Ledger ledger(DataSource dataSource) {
        return new Ledger(dataSource, new Months(dataSource, CLOCK, 2));
    }

    /** A log with repetitions near and far, over the ends of several months. */
    private static List<UsageRecorded> log(long seed, int size) {
        Random random = new Random(seed);
        Usages usages = new Usages(seed);
        List<UsageRecorded> log = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            if (!log.isEmpty() && random.nextInt(4) == 0) {
                log.add(log.get(random.nextInt(log.size())));
            } else {
                log.add(usages.at(NOW.minus(Duration.ofMinutes(random.nextInt(200_000)))));
            }
        }
        return log;
    }

    /** Goes on from what the ledger holds, as a process that was just started does. */
    private static void catchUp(Ledger ledger, List<UsageRecorded> log, int batch)
            throws SQLException, OffsetsMovedException {
        OffsetAndMetadata known = ledger.offsets(TOPIC).get(0);
        Long stored = known == null ? null : known.offset();
        int at = stored == null ? 0 : stored.intValue();
        while (at < log.size()) {
            int next = Math.min(at + batch, log.size());
            List<LedgerEntry> entries =
                    log.subList(at, next).stream().map(LedgerEntry::of).toList();
            ledger.write(entries, List.of(progress(0, stored, next)));
            stored = (long) next;
            at = next;
        }
    }

    private static Progress progress(int partition, @Nullable Long expected, long next) {
        return new Progress(TOPIC, partition, expected, new OffsetAndMetadata(next, Optional.of(EPOCH), "id"));
    }

    private void assertEqualsReplay(List<UsageRecorded> log) throws SQLException {
        Sums expected = Sums.ofLog(log.stream());
        assertThat(Sums.ofLedger(dataSource))
                .allSatisfy((table, sums) -> assertThat(sums).as(table).isEqualTo(expected));
    }

    @Test
    void duplicatesInABatchAcrossBatchesAndAcrossMonthsCountOnce() throws Exception {
        List<UsageRecorded> log = log(1, 500);

        catchUp(ledger(dataSource), log, 40);

        assertEqualsReplay(log);
    }

    @Test
    void readingAllAgainChangesNoSum() throws Exception {
        List<UsageRecorded> log = log(2, 200);
        catchUp(ledger(dataSource), log, 50);
        try (Connection connection = dataSource.getConnection()) {
            connection.createStatement().executeUpdate("UPDATE consumer_offsets SET next_offset = 0");
        }

        catchUp(ledger(dataSource), log, 70);

        assertEqualsReplay(log);
    }

    @Test
    void aKillBetweenAnyTwoStepsChangesNoSum() throws Exception {
        List<UsageRecorded> log = log(3, 60);
        KillPoints killPoints = new KillPoints(unpooled());
        int kills = 0;
        boolean killed = true;
        for (int step = 1; killed; step++) {
            killed = false;
            for (boolean after : new boolean[] {false, true}) {
                wipe();
                killPoints.killAt(step, after);
                restartUntilCaughtUp(killPoints, log);
                killed |= killPoints.hasKilled();
                kills += killPoints.hasKilled() ? 1 : 0;
                assertEqualsReplay(log);
            }
        }
        assertThat(kills).isGreaterThan(30);
    }

    /** A connection of its own each time: a process that starts again takes over none of the dead one's. */
    private DataSource unpooled() {
        PGSimpleDataSource plain = new PGSimpleDataSource();
        plain.setUrl(dataSource.getJdbcUrl());
        plain.setUser(dataSource.getUsername());
        return plain;
    }

    private static void restartUntilCaughtUp(KillPoints killPoints, List<UsageRecorded> log) throws Exception {
        try {
            catchUp(ledger(killPoints.dataSource()), log, 25);
        } catch (SQLException e) {
            assertThat(killPoints.hasKilled()).as(e.toString()).isTrue();
            catchUp(ledger(killPoints.dataSource()), log, 25);
        }
    }

    private void wipe() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection
                    .createStatement()
                    .execute("TRUNCATE request_logs, usage_by_minute, usage_by_hour, usage_by_day, consumer_offsets");
        }
    }

    @Test
    void aZombieThatHoldsOldOffsetsWritesNothing() throws Exception {
        List<UsageRecorded> log = log(4, 30);
        Ledger ledger = ledger(dataSource);
        List<LedgerEntry> first =
                log.subList(0, 10).stream().map(LedgerEntry::of).toList();
        List<LedgerEntry> second =
                log.subList(10, 20).stream().map(LedgerEntry::of).toList();
        ledger.write(first, List.of(progress(0, null, 10)));
        ledger.write(second, List.of(progress(0, 10L, 20)));

        assertThatThrownBy(() -> ledger.write(second, List.of(progress(0, 10L, 15))))
                .isInstanceOf(OffsetsMovedException.class);
        assertThatThrownBy(() -> ledger.write(first, List.of(progress(0, null, 10))))
                .isInstanceOf(OffsetsMovedException.class);
        assertThatThrownBy(() -> ledger.write(
                        log.subList(20, 30).stream().map(LedgerEntry::of).toList(),
                        List.of(progress(1, null, 5), progress(0, 15L, 30))))
                .isInstanceOf(OffsetsMovedException.class);

        assertThat(ledger.offsets(TOPIC))
                .containsOnlyKeys(0)
                .containsEntry(0, new OffsetAndMetadata(20, Optional.of(EPOCH), "id"));
        assertEqualsReplay(log.subList(0, 20));
    }

    @Test
    void manyWhoFightOverAPartitionWriteItOnce() throws Exception {
        List<UsageRecorded> log = log(5, 300);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        AtomicInteger overtaken = new AtomicInteger();
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int batch = 3 + i;
                all.add(threads.submit(() -> {
                    boolean done = false;
                    while (!done) {
                        try {
                            catchUp(ledger(dataSource), log, batch);
                            done = true;
                        } catch (OffsetsMovedException e) {
                            overtaken.incrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get(2, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(overtaken.get()).isPositive();
        assertEqualsReplay(log);
    }

    @Test
    void aWriterThatStandsStillInMidTransactionDoesNotHoldUpTheNextOne() throws Exception {
        List<UsageRecorded> log = log(11, 10);
        PostgresConfig config = new PostgresConfig(dataSource.getJdbcUrl(), "millrace", "", 2, 1000);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Database database = new Database(config);
                Connection still = database.connections().getConnection()) {
            still.setAutoCommit(false);
            Offsets.advance(still, List.of(progress(0, null, 10)));

            Future<?> next = thread.submit(() -> {
                catchUp(ledger(dataSource), log, 10);
                return null;
            });

            next.get(30, TimeUnit.SECONDS);
            assertThatThrownBy(still::commit).isInstanceOf(SQLException.class);
        } finally {
            thread.shutdownNow();
        }
        assertEqualsReplay(log);
    }

    @Test
    void tablesThatAreGoneAreMadeAgain() throws Exception {
        Migration migration = new Migration(dataSource);
        migration.run();
        String schema = "ledger_" + SCHEMAS.get();
        try (Connection connection = dataSource.getConnection()) {
            connection.createStatement().execute("DROP SCHEMA %1$s CASCADE; CREATE SCHEMA %1$s".formatted(schema));
        }

        migration.run();

        List<UsageRecorded> log = log(12, 10);
        catchUp(ledger(dataSource), log, 10);
        assertEqualsReplay(log);
    }

    @Test
    void aRowThatPostgresNeverTakesIsFoundAndTheOthersStay() throws Exception {
        try (Connection connection = dataSource.getConnection()) {
            connection.createStatement().execute("ALTER TABLE request_logs ADD CHECK (input_tokens <> 666)");
        }
        Ledger ledger = ledger(dataSource);
        List<LedgerEntry> entries = new ArrayList<>(
                log(6, 5).stream().map(LedgerEntry::of).distinct().toList());
        UsageRecorded bad = new Usages(7).at(NOW);
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

        assertThatThrownBy(() -> ledger.write(entries, List.of(progress(0, null, 6))))
                .isInstanceOfSatisfying(SQLException.class, e -> assertThat(Ledger.isAboutData(e))
                        .isTrue());

        assertThat(ledger.unwritable(entries)).containsExactly(LedgerEntry.of(poison));
        assertThat(Sums.ofLedger(dataSource))
                .allSatisfy((table, sums) -> assertThat(sums.requests()).isZero());
        assertThat(ledger.offsets(TOPIC)).isEmpty();
    }

    @Test
    void everyColumnHoldsWhatTheRecordSaid() throws Exception {
        UsageRecorded usage = log(8, 1).get(0);
        catchUp(ledger(dataSource), List.of(usage), 1);

        try (Connection connection = dataSource.getConnection();
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
        catchUp(ledger(dataSource), List.of(old, edge, old), 3);

        try (Connection connection = dataSource.getConnection();
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
