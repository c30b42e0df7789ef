package dev.millrace.gpu.work;

import dev.millrace.event.WorkAssigned;
import dev.millrace.reply.RequestId;
import dev.millrace.topic.Topics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decides what becomes of an assignment that was read. An attempt begins once at most: begun again by the same worker,
 * its chunks would count beside those of its first run.
 */
final class Admission {

    private static final int MAX_REMEMBERED = 20_000;
    private static final long GAP_MILLIS = 1000;

    enum Verdict {
        ADMIT,
        /** Read before, or older than what was read: nothing to do. */
        KNOWN,
        /** Given to another worker, or to this one in vain: the router is told. */
        REFUSE
    }

    private final String worker;
    private final Map<String, Integer> attempts = new LinkedHashMap<>();

    /** All numbers up to this one count as seen. */
    private long floor;

    /** Numbers seen above a gap, and when. */
    private final TreeMap<Long, Long> above = new TreeMap<>();

    Admission(String worker) {
        this.worker = worker;
    }

    Verdict decide(WorkAssigned work, boolean draining, long nowMillis) {
        if (!work.getWorker().equals(worker)) {
            return Verdict.REFUSE;
        }
        above.put(work.getNumber(), nowMillis);
        if (!isNew(work.getRequestId(), work.getAttempt())) {
            return Verdict.KNOWN;
        }
        return draining || !isPlaced(work.getRequestId()) ? Verdict.REFUSE : Verdict.ADMIT;
    }

    /**
     * The highest number seen. Partitions are read in no particular order, and the router takes for lost what is below
     * this number and not held: so a number above a gap counts only once those in the gap had time to come.
     */
    long highestNumber(long nowMillis) {
        for (Map.Entry<Long, Long> next = above.firstEntry(); next != null; next = above.firstEntry()) {
            if (next.getKey() > floor + 1 && nowMillis - next.getValue() < GAP_MILLIS) {
                return floor;
            }
            floor = Math.max(floor, next.getKey());
            above.remove(next.getKey());
        }
        return floor;
    }

    private static boolean isPlaced(String requestId) {
        return RequestId.parse(requestId)
                .filter(id -> id.replyPartition() < Topics.REPLIES.partitions())
                .isPresent();
    }

    private boolean isNew(String requestId, int attempt) {
        Integer highest = attempts.get(requestId);
        if (highest != null && highest >= attempt) {
            return false;
        }
        attempts.remove(requestId);
        attempts.put(requestId, attempt);
        if (attempts.size() > MAX_REMEMBERED) {
            attempts.remove(attempts.keySet().iterator().next());
        }
        return true;
    }
}
