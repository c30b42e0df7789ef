-- One row a request. The unique key holds created_at because partitions require it; it is the time inside the
-- request's id, so a second publication is the same row, whenever it comes.
CREATE TABLE request_logs (
  request_id text NOT NULL,
  created_at timestamptz NOT NULL,
  tenant text NOT NULL,
  user_id text NOT NULL,
  key_id text NOT NULL,
  session_id text,
  end_user text,
  model_name text NOT NULL,
  provider_id text NOT NULL,
  input_tokens integer NOT NULL,
  cached_tokens integer NOT NULL,
  output_tokens integer NOT NULL,
  reasoning_tokens integer NOT NULL,
  latency_ms bigint NOT NULL,
  first_token_ms bigint,
  status text NOT NULL,
  error_message text,
  input_micros_per_million bigint NOT NULL,
  cached_micros_per_million bigint NOT NULL,
  output_micros_per_million bigint NOT NULL,
  cost_micros bigint NOT NULL,
  metadata jsonb,
  PRIMARY KEY (request_id, created_at)
) PARTITION BY RANGE (created_at);

CREATE INDEX request_logs_created_at ON request_logs (created_at);

-- A partition is made beside the table and then attached, which disturbs neither readers nor writers of the others.
CREATE FUNCTION make_request_logs_partition(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  first timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
  next timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
  name text := 'request_logs_' || to_char(month, 'YYYY_MM');
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('request_logs'));
  IF to_regclass(name) IS NULL THEN
    EXECUTE format('CREATE TABLE %I (LIKE request_logs INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('ALTER TABLE request_logs ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, first, next);
  END IF;
END
$$;

SELECT make_request_logs_partition((date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => m))::date)
FROM generate_series(-1, 3) AS m;

-- What the rows add up to, by time, and who used what. Buckets are those of UTC.
CREATE TABLE usage_by_minute (
  bucket timestamptz NOT NULL,
  tenant text NOT NULL,
  user_id text NOT NULL,
  key_id text NOT NULL,
  model_name text NOT NULL,
  requests bigint NOT NULL,
  failed_requests bigint NOT NULL,
  cancelled_requests bigint NOT NULL,
  input_tokens bigint NOT NULL,
  cached_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  reasoning_tokens bigint NOT NULL,
  cost_micros bigint NOT NULL,
  PRIMARY KEY (tenant, bucket, model_name, user_id, key_id)
);
CREATE TABLE usage_by_hour (LIKE usage_by_minute INCLUDING ALL);
CREATE TABLE usage_by_day (LIKE usage_by_minute INCLUDING ALL);

CREATE INDEX usage_by_minute_bucket ON usage_by_minute (bucket);
CREATE INDEX usage_by_hour_bucket ON usage_by_hour (bucket);
CREATE INDEX usage_by_day_bucket ON usage_by_day (bucket);

-- How far each partition of a topic has been written into the ledger.
CREATE TABLE consumer_offsets (
  topic text NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (topic, partition)
);
