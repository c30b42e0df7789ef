package dev.millrace.gpu.generate.batch;

/** What a planner has done so far; written by its thread, read by anyone who can bear figures a step old. */
public final class PlannerCounts {

    volatile long preemptions;
    volatile long admissions;
    volatile long sharedTokens;
    volatile long chunks;

    public long preemptions() {
        return preemptions;
    }

    public long admissions() {
        return admissions;
    }

    /** Tokens that did not have to be read because the cache held them. */
    public long sharedTokens() {
        return sharedTokens;
    }

    /** Steps that read only a part of what a sequence had pending. */
    public long chunks() {
        return chunks;
    }
}
