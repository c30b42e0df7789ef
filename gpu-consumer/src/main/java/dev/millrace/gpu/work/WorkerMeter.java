package dev.millrace.gpu.work;

import dev.millrace.service.Meter;
import java.util.List;

/** All meters of the worker. */
public enum WorkerMeter implements Meter {
    SLOTS("worker_slots", Kind.GAUGE, "Requests that the worker can run at once.", "model"),
    FREE_SLOTS("worker_free_slots", Kind.GAUGE, "Requests that the worker could take now.", "model"),
    HELD("worker_held", Kind.GAUGE, "Assignments that the worker holds.", "model"),
    TOKEN_BACKLOG("worker_token_backlog", Kind.GAUGE, "Tokens yet to be read or written.", "model"),
    KV_BLOCKS("worker_kv_blocks", Kind.GAUGE, "Blocks of the key-value cache.", "model"),
    KV_BLOCKS_USED("worker_kv_blocks_used", Kind.GAUGE, "Blocks of the key-value cache in use.", "model"),
    LEASE_HELD("worker_lease_held", Kind.GAUGE, "1 while reports are acknowledged in time, else 0.", "model"),
    TOKENS("worker_tokens_total", Kind.COUNTER, "Tokens: prompt, cached, output.", "model", "type"),
    CHUNKS("worker_chunks_total", Kind.COUNTER, "Chunks written.", "model"),
    TAKEOVERS("worker_takeovers_total", Kind.COUNTER, "Requests taken over from another attempt.", "model"),
    ENDED("worker_attempts_ended_total", Kind.COUNTER, "Attempts let go, by reason.", "model", "reason"),
    REFUSED("worker_refused_total", Kind.COUNTER, "Assignments refused.", "model"),
    FIRST_CHUNK(
            "worker_first_chunk_seconds",
            Kind.HISTOGRAM,
            "From admission to the acknowledgement of the first chunk.",
            "model"),
    INTER_TOKEN(
            "worker_inter_token_seconds",
            Kind.HISTOGRAM,
            "Time a token of an attempt took, from chunk to chunk.",
            "model");

    private final Spec spec;

    WorkerMeter(String meterName, Kind kind, String description, String... labels) {
        this.spec = new Spec(meterName, kind, description, List.of(labels));
    }

    @Override
    public Spec spec() {
        return spec;
    }

    @Override
    public double[] buckets() {
        return new double[] {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
    }
}
