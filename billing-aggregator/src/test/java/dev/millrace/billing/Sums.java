package dev.millrace.billing;

import dev.millrace.event.Outcome;
import dev.millrace.event.Price;
import dev.millrace.event.UsageRecorded;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** What a ledger must come to, reckoned from the log by other means than the ledger's own. */
public record Sums(
        long requests,
        long failed,
        long cancelled,
        long input,
        long cached,
        long output,
        long reasoning,
        long costMicros) {

    public static Sums ofLog(Stream<UsageRecorded> log) {
        Map<String, UsageRecorded> distinct = log.collect(
                Collectors.toMap(UsageRecorded::getRequestId, usage -> usage, (one, other) -> one, LinkedHashMap::new));
        long[] sums = new long[8];
        for (UsageRecorded usage : distinct.values()) {
            sums[0]++;
            sums[1] += usage.getOutcome() == Outcome.FAILED ? 1 : 0;
            sums[2] += usage.getOutcome() == Outcome.CANCELLED ? 1 : 0;
            sums[3] += usage.getInputTokens();
            sums[4] += usage.getCachedTokens();
            sums[5] += usage.getOutputTokens();
            sums[6] += usage.getReasoningTokens();
            sums[7] += cost(usage);
        }
        return new Sums(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]);
    }

    private static long cost(UsageRecorded usage) {
        Price price = usage.getFacts().getPrice();
        BigDecimal sum = product(price.getInputMicrosPerMillion(), usage.getInputTokens() - usage.getCachedTokens())
                .add(product(price.getCachedMicrosPerMillion(), usage.getCachedTokens()))
                .add(product(price.getOutputMicrosPerMillion(), usage.getOutputTokens()));
        return sum.movePointLeft(6).setScale(0, RoundingMode.HALF_UP).longValueExact();
    }

    private static BigDecimal product(long price, int tokens) {
        return BigDecimal.valueOf(price).multiply(BigDecimal.valueOf(tokens));
    }

    /** What the rows and each of the rollups add up to; they must all say the same. */
    public static Map<String, Sums> ofLedger(DataSource dataSource) throws SQLException {
        Map<String, Sums> sums = new LinkedHashMap<>();
        try (Connection connection = dataSource.getConnection()) {
            sums.put(
                    "request_logs",
                    read(
                            connection,
                            "request_logs",
                            "count(*), count(*) FILTER (WHERE status = 'failed'), count(*) FILTER (WHERE status = 'cancelled')"));
            for (String rollup : List.of("usage_by_minute", "usage_by_hour", "usage_by_day")) {
                sums.put(
                        rollup,
                        read(connection, rollup, "sum(requests), sum(failed_requests), sum(cancelled_requests)"));
            }
        }
        return sums;
    }

    private static Sums read(Connection connection, String table, String counts) throws SQLException {
        try (ResultSet row = connection
                .createStatement()
                .executeQuery("SELECT " + counts + ", sum(input_tokens), sum(cached_tokens), sum(output_tokens),"
                        + " sum(reasoning_tokens), sum(cost_micros) FROM " + table)) {
            row.next();
            return new Sums(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6),
                    row.getLong(7),
                    row.getLong(8));
        }
    }
}
