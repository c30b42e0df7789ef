package dev.millrace.billing.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import javax.sql.DataSource;

/** Makes the ledger's monthly partitions before anything is written into them. */
final class Months {

    private final DataSource dataSource;
    private final Clock clock;
    private final int ahead;
    private final ConcurrentSkipListSet<YearMonth> made = new ConcurrentSkipListSet<>();

    Months(DataSource dataSource, Clock clock, int ahead) {
        this.dataSource = dataSource;
        this.clock = clock;
        this.ahead = ahead;
    }

    /** Those of the entries, the present one and the next ones; most of the time all are known to be there. */
    void make(List<LedgerEntry> entries) throws SQLException {
        SortedSet<YearMonth> missing = new TreeSet<>();
        entries.forEach(entry -> missing.add(YearMonth.from(entry.createdAt().atOffset(ZoneOffset.UTC))));
        YearMonth present = YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC));
        for (int i = 0; i <= ahead; i++) {
            missing.add(present.plusMonths(i));
        }
        missing.removeAll(made);
        if (!missing.isEmpty()) {
            makeAll(missing);
            made.addAll(missing);
        }
    }

    private void makeAll(SortedSet<YearMonth> months) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement("SELECT make_request_logs_partition(?)")) {
            for (YearMonth month : months) {
                statement.setObject(1, LocalDate.of(month.getYear(), month.getMonth(), 1));
                statement.execute();
            }
        }
    }
}
