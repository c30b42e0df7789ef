package dev.millrace.router;

import dev.millrace.event.HeldWork;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Priority;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.Sampling;
import dev.millrace.event.WorkerReported;
import dev.millrace.reply.RequestId;
import dev.millrace.reply.RequestIds;
import java.util.List;
import java.util.Random;

/** Requests and reports for tests. */
public final class Requests {

    public static final String MODEL = "echo";
    public static final String POOL = "echo-pool";

    private final RequestIds ids;

    public Requests(long seed) {
        ids = new RequestIds("a secret for tests only", new Random(seed));
    }

    public RequestId id(long atMillis, long replyOffset) {
        return ids.mint(atMillis, 3, replyOffset);
    }

    public RequestId id(long atMillis) {
        return id(atMillis, 0);
    }

    public static InferenceRequested request(RequestId id) {
        return request(id, "tenant", Priority.INTERACTIVE).build();
    }

    public static InferenceRequested.Builder request(RequestId id, String tenant, Priority priority) {
        return InferenceRequested.newBuilder()
                .setRequestId(id.toString())
                .setFacts(RequestFacts.newBuilder()
                        .setModel(MODEL)
                        .setTenant(tenant)
                        .setUser("user")
                        .setKeyId("key")
                        .setPriority(priority)
                        .build())
                .setPrompt("{\"messages\":[]}")
                .setSampling(Sampling.newBuilder().setSeed(7).build())
                .setEstimatedTokens(100)
                .setQueueTimeoutMillis(300_000)
                .setFirstTokenTimeoutMillis(30_000)
                .setLifetimeMillis(600_000);
    }

    public static WorkerReported.Builder report(String worker, long sequence, int slots) {
        return WorkerReported.newBuilder()
                .setWorker(worker)
                .setModel(MODEL)
                .setPool(POOL)
                .setSequence(sequence)
                .setPartitions(List.of(2, 5))
                .setSlots(slots)
                .setFreeSlots(slots)
                .setHeld(List.of());
    }

    public static HeldWork held(String requestId, int attempt) {
        return HeldWork.newBuilder().setRequestId(requestId).setAttempt(attempt).build();
    }
}
