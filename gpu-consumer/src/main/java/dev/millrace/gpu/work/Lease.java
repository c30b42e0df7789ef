package dev.millrace.gpu.work;

/**
 * How long a worker may believe that the router still counts on it: from sending the last report that was acknowledged.
 * It saves work that nobody would count; correctness never rests on it.
 */
final class Lease {

    private final long lengthMillis;
    private long sentAtMillis = Long.MIN_VALUE;

    Lease(long lengthMillis) {
        this.lengthMillis = lengthMillis;
    }

    void acknowledged(long reportSentAtMillis) {
        sentAtMillis = Math.max(sentAtMillis, reportSentAtMillis);
    }

    boolean isHeld(long nowMillis) {
        return sentAtMillis != Long.MIN_VALUE && nowMillis - sentAtMillis < lengthMillis;
    }
}
