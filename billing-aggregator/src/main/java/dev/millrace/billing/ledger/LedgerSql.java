package dev.millrace.billing.ledger;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The one statement that writes a batch: rows, and of the rows that are new, what they add to the rollups. */
final class LedgerSql {

    private static final String COLUMNS = """
            request_id, created_at, tenant, user_id, key_id, session_id, end_user, model_name, provider_id,
            input_tokens, cached_tokens, output_tokens, reasoning_tokens, latency_ms, first_token_ms,
            status, error_message,
            input_micros_per_million, cached_micros_per_million, output_micros_per_million, cost_micros, metadata
            """;

    private static final String INSERT = """
            inserted AS (
              INSERT INTO request_logs (%1$s)
              SELECT %1$s FROM jsonb_to_recordset(CAST(? AS jsonb)) AS entry(
                request_id text, created_at timestamptz, tenant text, user_id text, key_id text, session_id text,
                end_user text, model_name text, provider_id text,
                input_tokens integer, cached_tokens integer, output_tokens integer, reasoning_tokens integer,
                latency_ms bigint, first_token_ms bigint, status text, error_message text,
                input_micros_per_million bigint, cached_micros_per_million bigint, output_micros_per_million bigint,
                cost_micros bigint, metadata jsonb)
              ON CONFLICT DO NOTHING
              RETURNING *
            )""".formatted(COLUMNS);

    /** In the order of the key, so that two writers who add to the same buckets cannot wait for each other. */
    private static final String ROLL_UP = """
            by_%1$s AS (
              INSERT INTO usage_by_%1$s AS present (
                bucket, tenant, user_id, key_id, model_name, requests, failed_requests, cancelled_requests,
                input_tokens, cached_tokens, output_tokens, reasoning_tokens, cost_micros)
              SELECT date_trunc('%1$s', created_at, 'UTC') AS bucket, tenant, user_id, key_id, model_name,
                count(*), count(*) FILTER (WHERE status = 'failed'), count(*) FILTER (WHERE status = 'cancelled'),
                sum(input_tokens), sum(cached_tokens), sum(output_tokens), sum(reasoning_tokens), sum(cost_micros)
              FROM inserted
              GROUP BY 1, tenant, user_id, key_id, model_name
              ORDER BY tenant, 1, model_name, user_id, key_id
              ON CONFLICT (tenant, bucket, model_name, user_id, key_id) DO UPDATE SET
                requests = present.requests + excluded.requests,
                failed_requests = present.failed_requests + excluded.failed_requests,
                cancelled_requests = present.cancelled_requests + excluded.cancelled_requests,
                input_tokens = present.input_tokens + excluded.input_tokens,
                cached_tokens = present.cached_tokens + excluded.cached_tokens,
                output_tokens = present.output_tokens + excluded.output_tokens,
                reasoning_tokens = present.reasoning_tokens + excluded.reasoning_tokens,
                cost_micros = present.cost_micros + excluded.cost_micros
            )""";

    /** Takes the entries as a JSON array and tells how many of them were new. */
    static final String WRITE = "WITH "
            + Stream.concat(
                            Stream.of(INSERT),
                            Stream.of(Bucket.values()).map(bucket -> ROLL_UP.formatted(bucket.unit())))
                    .collect(Collectors.joining(",\n"))
            + "\nSELECT count(*) FROM inserted";

    private LedgerSql() {}

    private enum Bucket {
        MINUTE,
        HOUR,
        DAY;

        String unit() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
