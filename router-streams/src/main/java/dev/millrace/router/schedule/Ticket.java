package dev.millrace.router.schedule;

import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Priority;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.Sampling;
import dev.millrace.reply.RequestId;

/**
 * What never changes about a request in the router.
 *
 * @param id the request's id, with its time and place
 * @param request the request without what makes it large
 * @param bytes how large the whole of it is
 * @param tag its place among its class' tenants: where its tenant's share had got to when it came
 * @param acceptedMillis when it was accepted, by the log's time: its life is counted from then, whatever the clock says
 *     that made its id
 */
public record Ticket(RequestId id, InferenceRequested request, long bytes, long tag, long acceptedMillis) {

    /** More than any model writes; whoever claims to cost more would overrun what is added up of all. */
    private static final long MOST_TOKENS = 1L << 31;

    static Ticket of(RequestId id, InferenceRequested request, long bytes, long nowMillis) {
        InferenceRequested small = InferenceRequested.newBuilder(request)
                .setPrompt("")
                .setToolChoice(null)
                .setResponseFormat(null)
                .setEstimatedTokens(Math.max(0, Math.min(request.getEstimatedTokens(), MOST_TOKENS)))
                .build();
        return new Ticket(id, small, bytes, 0, nowMillis);
    }

    Ticket withTag(long placed) {
        return new Ticket(id, request, bytes, placed, acceptedMillis);
    }

    /** For a request that could not be read: what is known of it is enough to end it. */
    static Ticket unreadable(RequestId id, RequestFacts facts, long nowMillis) {
        InferenceRequested request = InferenceRequested.newBuilder()
                .setRequestId(id.toString())
                .setFacts(facts)
                .setPrompt("")
                .setSampling(Sampling.newBuilder().setSeed(0).build())
                .setQueueTimeoutMillis(0)
                .setFirstTokenTimeoutMillis(0)
                .setLifetimeMillis(0)
                .build();
        return new Ticket(id, request, 0, 0, nowMillis);
    }

    public String requestId() {
        return request.getRequestId();
    }

    public String model() {
        return request.getFacts().getModel();
    }

    Priority priority() {
        return request.getFacts().getPriority();
    }

    long lifetimeEndMillis() {
        return acceptedMillis + request.getLifetimeMillis();
    }
}
