package dev.millrace.gpu.work;

import dev.millrace.event.CancelWork;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Cancels that came before what they cancel was assigned. Past a bound the oldest are forgotten. */
final class EarlyCancels {

    static final int MAX_KEPT = 10_000;

    private final Map<String, CancelWork> kept = new LinkedHashMap<>();

    void keep(CancelWork order) {
        kept.put(order.getRequestId(), order);
        if (kept.size() > MAX_KEPT) {
            kept.remove(kept.keySet().iterator().next());
        }
    }

    /** What cancels this attempt, if anything: a cancel of an older one is over, that of a later one is still to come. */
    @Nullable
    CancelWork take(String requestId, int attempt) {
        CancelWork order = kept.get(requestId);
        if (order == null || order.getAttempt() > attempt) {
            return null;
        }
        kept.remove(requestId);
        return order.getAttempt() == attempt ? order : null;
    }
}
