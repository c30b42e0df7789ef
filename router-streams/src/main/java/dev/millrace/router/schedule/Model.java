package dev.millrace.router.schedule;

/** One model: what waits for it and who serves it. */
final class Model {

    private static final long HAS_WORKERS = -1;

    final String name;
    final Waiting waiting;
    final Pools pools;
    private long workerlessSince;

    Model(String name, QueueConfig config, long clock) {
        this.name = name;
        this.waiting = new Waiting(config);
        this.pools = new Pools(config);
        this.workerlessSince = clock;
    }

    /** For how long nobody could take anything, on the log's clock. */
    long workerlessMillis(long clock) {
        if (pools.hasLive()) {
            workerlessSince = HAS_WORKERS;
            return 0;
        }
        if (workerlessSince == HAS_WORKERS) {
            workerlessSince = clock;
        }
        return clock - workerlessSince;
    }

    Worker worker(String workerName, long clock) {
        return pools.workers.computeIfAbsent(workerName, unknown -> new Worker(unknown, clock));
    }

    boolean isEmpty() {
        return waiting.size() == 0 && pools.workers.isEmpty();
    }

    Load load(long nowMillis) {
        long backlog = waiting.estimatedTokens();
        int slots = 0;
        int running = 0;
        for (Worker worker : pools.workers.values()) {
            backlog += worker.backlog;
            slots += worker.canTake() ? worker.slots : 0;
            running += worker.inFlight.size();
        }
        return new Load(
                name,
                waiting.size(),
                Math.max(0, nowMillis - waiting.oldestMillis(nowMillis)),
                backlog,
                pools.workers.size(),
                slots,
                running);
    }
}
