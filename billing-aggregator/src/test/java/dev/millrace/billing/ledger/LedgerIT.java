package dev.millrace.billing.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.billing.EmbeddedPostgres;
import dev.millrace.event.UsageRecorded;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Whatever is read twice, broken off or fought over, the ledger holds each record once. */
class LedgerIT {

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
    void duplicatesInABatchAcrossBatchesAndAcrossMonthsCountOnce() throws Exception {
        List<UsageRecorded> log = Books.log(1, 500);

        books.catchUp(log, 40);

        books.assertEqualsReplay(log);
    }

    @Test
    void readingAllAgainChangesNoSum() throws Exception {
        List<UsageRecorded> log = Books.log(2, 200);
        books.catchUp(log, 50);
        try (Connection connection = books.connections().getConnection()) {
            connection.createStatement().executeUpdate("UPDATE consumer_offsets SET next_offset = 0");
        }

        books.catchUp(log, 70);

        books.assertEqualsReplay(log);
    }

    @Test
    void aKillBetweenAnyTwoStepsChangesNoSum() throws Exception {
        List<UsageRecorded> log = Books.log(3, 60);
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
                books.assertEqualsReplay(log);
            }
        }
        assertThat(kills).isGreaterThan(30);
    }

    /** A connection of its own each time: a process that starts again takes over none of the dead one's. */
    private DataSource unpooled() {
        PGSimpleDataSource plain = new PGSimpleDataSource();
        plain.setUrl(books.connections().getJdbcUrl());
        plain.setUser(books.connections().getUsername());
        return plain;
    }

    private static void restartUntilCaughtUp(KillPoints killPoints, List<UsageRecorded> log) throws Exception {
        try {
            Books.catchUp(Books.ledger(killPoints.dataSource()), log, 25);
        } catch (SQLException e) {
            assertThat(killPoints.hasKilled()).as(e.toString()).isTrue();
            Books.catchUp(Books.ledger(killPoints.dataSource()), log, 25);
        }
    }

    private void wipe() throws SQLException {
        try (Connection connection = books.connections().getConnection()) {
            connection
                    .createStatement()
                    .execute("TRUNCATE request_logs, usage_by_minute, usage_by_hour, usage_by_day, consumer_offsets");
        }
    }

    @Test
    void aZombieThatHoldsOldOffsetsWritesNothing() throws Exception {
        List<UsageRecorded> log = Books.log(4, 30);
        Ledger ledger = books.ledger();
        List<LedgerEntry> first =
                log.subList(0, 10).stream().map(LedgerEntry::of).toList();
        List<LedgerEntry> second =
                log.subList(10, 20).stream().map(LedgerEntry::of).toList();
        ledger.write(first, List.of(Books.progress(0, null, 10)));
        ledger.write(second, List.of(Books.progress(0, 10L, 20)));

        assertThatThrownBy(() -> ledger.write(second, List.of(Books.progress(0, 10L, 15))))
                .isInstanceOf(OffsetsMovedException.class);
        assertThatThrownBy(() -> ledger.write(first, List.of(Books.progress(0, null, 10))))
                .isInstanceOf(OffsetsMovedException.class);
        assertThatThrownBy(() -> ledger.write(
                        log.subList(20, 30).stream().map(LedgerEntry::of).toList(),
                        List.of(Books.progress(1, null, 5), Books.progress(0, 15L, 30))))
                .isInstanceOf(OffsetsMovedException.class);

        assertThat(ledger.offsets(Books.TOPIC))
                .containsOnlyKeys(0)
                .containsEntry(0, new OffsetAndMetadata(20, Optional.of(Books.EPOCH), "id"));
        books.assertEqualsReplay(log.subList(0, 20));
    }

    @Test
    void manyWhoFightOverAPartitionWriteItOnce() throws Exception {
        List<UsageRecorded> log = Books.log(5, 300);
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
                            books.catchUp(log, batch);
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
        books.assertEqualsReplay(log);
    }

    @Test
    void aWriterThatStandsStillInMidTransactionDoesNotHoldUpTheNextOne() throws Exception {
        List<UsageRecorded> log = Books.log(11, 10);
        PostgresConfig config = new PostgresConfig(books.connections().getJdbcUrl(), "millrace", "", 2, 1000);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Database database = new Database(config);
                Connection still = database.connections().getConnection()) {
            still.setAutoCommit(false);
            Offsets.advance(still, List.of(Books.progress(0, null, 10)));

            Future<?> next = thread.submit(() -> {
                books.catchUp(log, 10);
                return null;
            });

            next.get(30, TimeUnit.SECONDS);
            assertThatThrownBy(still::commit).isInstanceOf(SQLException.class);
        } finally {
            thread.shutdownNow();
        }
        books.assertEqualsReplay(log);
    }
}
