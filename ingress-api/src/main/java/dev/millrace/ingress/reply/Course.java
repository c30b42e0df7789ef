package dev.millrace.ingress.reply;

import dev.millrace.event.Chunk;
import dev.millrace.event.Failure;
import dev.millrace.ingress.meter.IngressMeter;
import dev.millrace.service.Meters;
import org.jspecify.annotations.Nullable;

/** What is measured of one exchange. Labels come from announcements, never from clients, so they are bounded. */
final class Course {

    private static final double NANOS = 1e9;
    private static final String NOBODY = "none";

    private final Meters<IngressMeter> meters;
    private final String model;
    private final long arrivedNanos;
    private long chunkNanos;
    private boolean begun;

    Course(Meters<IngressMeter> meters, String model, long arrivedNanos) {
        this.meters = meters;
        this.model = model;
        this.arrivedNanos = arrivedNanos;
    }

    void chunk(String provider, Chunk chunk, long nowNanos) {
        if (!begun) {
            begun = true;
            meters.observe(IngressMeter.FIRST_TOKEN, (nowNanos - arrivedNanos) / NANOS, provider, model);
        } else if (chunk.getTokens() > 0) {
            meters.observe(
                    IngressMeter.INTER_TOKEN, (nowNanos - chunkNanos) / NANOS / chunk.getTokens(), provider, model);
        }
        chunkNanos = nowNanos;
    }

    void ended(String lastProvider, Tally tally, @Nullable Failure failure, long nowNanos) {
        String provider = lastProvider.isEmpty() ? NOBODY : lastProvider;
        String status = failure == null ? "200" : Integer.toString(failure.getStatus());
        meters.count(IngressMeter.REQUESTS, 1, provider, model, status);
        meters.observe(IngressMeter.DURATION, (nowNanos - arrivedNanos) / NANOS, provider, model);
        count(provider, "input", tally.prompt());
        count(provider, "cached", tally.cached());
        count(provider, "output", tally.output());
        count(provider, "reasoning", tally.reasoning());
    }

    private void count(String provider, String type, int tokens) {
        if (tokens > 0) {
            meters.count(IngressMeter.TOKENS, tokens, provider, model, type);
        }
    }
}
