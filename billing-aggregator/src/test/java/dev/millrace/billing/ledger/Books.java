package dev.millrace.billing.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.billing.EmbeddedPostgres;
import dev.millrace.billing.Sums;
import dev.millrace.billing.Usages;
import dev.millrace.event.UsageRecorded;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/** A ledger in a schema of its own, and what it takes to fill it from a log. */
final class Books implements AutoCloseable {

    static final String TOPIC = "millrace.usage";
    static final int EPOCH = 3;
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private final String schema = "ledger_" + SCHEMAS.incrementAndGet();
    private final HikariDataSource connections;

    Books(EmbeddedPostgres postgres) throws SQLException {
        connections = postgres.schema(schema);
        new Migration(connections).run();
    }

    String schema() {
        return schema;
    }

    HikariDataSource connections() {
        return connections;
    }

    Ledger ledger() {
        return ledger(connections);
    }

    static Ledger ledger(DataSource dataSource) {
        return new Ledger(dataSource, new Months(dataSource, CLOCK, 2));
    }

    /** A log with repetitions near and far, over the ends of several months. */
    static List<UsageRecorded> log(long seed, int size) {
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

    void catchUp(List<UsageRecorded> log, int batch) throws SQLException, OffsetsMovedException {
        catchUp(ledger(), log, batch);
    }

    /** Goes on from what the ledger holds, as a process that was just started does. */
    static void catchUp(Ledger ledger, List<UsageRecorded> log, int batch) throws SQLException, OffsetsMovedException {
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

    static Progress progress(int partition, @Nullable Long expected, long next) {
        return new Progress(TOPIC, partition, expected, new OffsetAndMetadata(next, Optional.of(EPOCH), "id"));
    }

    void assertEqualsReplay(List<UsageRecorded> log) throws SQLException {
        Sums expected = Sums.ofLog(log.stream());
        assertThat(Sums.ofLedger(connections))
                .allSatisfy((table, sums) -> assertThat(sums).as(table).isEqualTo(expected));
    }

    @Override
    public void close() {
        connections.close();
    }
}
