package dev.millrace.gpu.work;

import dev.millrace.event.WorkAssigned;
import dev.millrace.reply.RequestId;
import dev.millrace.topic.Topics;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Decides what becomes of an assignment that was read. An attempt begins once at most: begun again by the same worker,
 * its chunks would count beside those of its first run.
 */
final class Admission {

    private static final int MAX_REMEMBERED = 20_000;

    enum Verdict {
        ADMIT,
        /** Read before, or older than what was read: nothing to do. */
        KNOWN,
        /** Given to another worker, or to this one in vain: the router is told. */
        REFUSE
    }

    private final String worker;
    private final Map<String, Integer> attempts = new LinkedHashMap<>();
    private long highestNumber;

    Admission(String worker) {
        this.worker = worker;
    }

    Verdict decide(WorkAssigned work, boolean draining) {
        if (!work.getWorker().equals(worker)) {
            return Verdict.REFUSE;
        }
        highestNumber = Math.max(highestNumber, work.getNumber());
        if (!isNew(work.getRequestId(), work.getAttempt())) {
            return Verdict.KNOWN;
        }
        return draining || !isPlaced(work.getRequestId()) ? Verdict.REFUSE : Verdict.ADMIT;
    }

    long highestNumber() {
        return highestNumber;
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
