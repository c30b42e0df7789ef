package dev.millrace.billing.usage;

import io.micronaut.data.annotation.Query;
import io.micronaut.data.jdbc.annotation.JdbcRepository;
import io.micronaut.data.model.query.builder.sql.Dialect;
import io.micronaut.data.repository.GenericRepository;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sums by model, from the ledger's rows and from its rollups. Null: of every tenant, of every model. */
@JdbcRepository(dialect = Dialect.POSTGRES)
interface UsageRepository extends GenericRepository<ModelUsage, String> {

    String WHOSE = """
              AND (CAST(:tenant AS text) IS NULL OR tenant = :tenant)
              AND (CAST(:model AS text) IS NULL OR model_name = :model)
            GROUP BY model_name
            """;

    String SUMS_OF_ROLLUPS = """
            SELECT model_name,
              CAST(sum(requests) AS bigint) AS requests,
              CAST(sum(failed_requests) AS bigint) AS failed_requests,
              CAST(sum(cancelled_requests) AS bigint) AS cancelled_requests,
              CAST(sum(input_tokens) AS bigint) AS input_tokens,
              CAST(sum(cached_tokens) AS bigint) AS cached_tokens,
              CAST(sum(output_tokens) AS bigint) AS output_tokens,
              CAST(sum(reasoning_tokens) AS bigint) AS reasoning_tokens,
              CAST(sum(cost_micros) AS bigint) AS cost_micros
            """;

    String WHEN_ROLLED_UP = """
            WHERE bucket >= :from AND bucket < :to
            """ + WHOSE;

    @Query("""
            SELECT model_name,
              count(*) AS requests,
              count(*) FILTER (WHERE status = 'failed') AS failed_requests,
              count(*) FILTER (WHERE status = 'cancelled') AS cancelled_requests,
              sum(input_tokens) AS input_tokens,
              sum(cached_tokens) AS cached_tokens,
              sum(output_tokens) AS output_tokens,
              sum(reasoning_tokens) AS reasoning_tokens,
              CAST(sum(cost_micros) AS bigint) AS cost_micros
            FROM request_logs
            WHERE created_at >= :from AND created_at < :to
            """ + WHOSE)
    List<ModelUsage> sumRows(Instant from, Instant to, @Nullable String tenant, @Nullable String model);

    @Query(SUMS_OF_ROLLUPS + "FROM usage_by_minute\n" + WHEN_ROLLED_UP)
    List<ModelUsage> sumMinutes(Instant from, Instant to, @Nullable String tenant, @Nullable String model);

    @Query(SUMS_OF_ROLLUPS + "FROM usage_by_hour\n" + WHEN_ROLLED_UP)
    List<ModelUsage> sumHours(Instant from, Instant to, @Nullable String tenant, @Nullable String model);

    @Query(SUMS_OF_ROLLUPS + "FROM usage_by_day\n" + WHEN_ROLLED_UP)
    List<ModelUsage> sumDays(Instant from, Instant to, @Nullable String tenant, @Nullable String model);
}
