package dev.millrace.router.schedule;

import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Priority;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one model: by class first, then by fair share among the tenants of a class, then by age.
 *
 * <p>Fair share is start-time fair queueing. A request's tag is where its tenant's use had got to when it came, in
 * tokens by weight, and never before the tag that is being served; the lowest tag goes first.
 */
final class Waiting {

    private static final long SCALE = 1000;

    private static final Comparator<Entry> ORDER = Comparator.comparingLong(
                    (Entry entry) -> entry.ticket().tag())
            .thenComparingLong(entry -> entry.ticket().id().timeMillis())
            .thenComparing(Entry::id);

    private final QueueConfig config;
    private final Map<Priority, TreeSet<Entry>> classes = new EnumMap<>(Priority.class);
    private final Map<Priority, Share> shares = new EnumMap<>(Priority.class);
    private final TreeMap<Long, Integer> ages = new TreeMap<>();
    private int size;
    private long tokens;
    private int servedInOrder;

    Waiting(QueueConfig config) {
        this.config = config;
    }

    /** The tag of a request that comes now. */
    long tagFor(InferenceRequested request) {
        return share(request.getFacts().getPriority()).next(request);
    }

    /** An entry that was restored: the shares go on from where it stood. */
    void recall(Entry entry) {
        share(entry.ticket().priority()).recall(entry);
    }

    void add(Entry entry) {
        if (inClass(entry.ticket().priority()).add(entry)) {
            ages.merge(entry.sinceMillis(), 1, Integer::sum);
            tokens += entry.ticket().request().getEstimatedTokens();
            size++;
        }
    }

    void remove(Entry entry) {
        if (inClass(entry.ticket().priority()).remove(entry)) {
            ages.computeIfPresent(entry.sinceMillis(), (since, count) -> count == 1 ? null : count - 1);
            tokens -= entry.ticket().request().getEstimatedTokens();
            size--;
        }
    }

    /** Called with what is given to a worker: its class has served up to here. */
    void served(Entry entry, long nowMillis) {
        servedInOrder = isImpatient(entry, nowMillis) ? 0 : servedInOrder + 1;
        share(entry.ticket().priority()).served(entry);
    }

    /** The one that should be served next, those passed over left aside. */
    @Nullable
    Entry first(long nowMillis, Set<String> passedOver) {
        if (servedInOrder >= config.impatientEvery() - 1) {
            for (Priority priority : List.of(Priority.BACKGROUND, Priority.BATCH)) {
                Entry entry = firstOf(priority, passedOver);
                if (entry != null && isImpatient(entry, nowMillis)) {
                    return entry;
                }
            }
        }
        for (Priority priority : List.of(Priority.INTERACTIVE, Priority.BACKGROUND, Priority.BATCH)) {
            Entry entry = firstOf(priority, passedOver);
            if (entry != null) {
                return entry;
            }
        }
        return null;
    }

    private @Nullable Entry firstOf(Priority priority, Set<String> passedOver) {
        for (Entry entry : inClass(priority)) {
            if (!passedOver.contains(entry.id())) {
                return entry;
            }
        }
        return null;
    }

    List<Entry> all() {
        return classes.values().stream().flatMap(TreeSet::stream).toList();
    }

    private boolean isImpatient(Entry entry, long nowMillis) {
        long waitedMillis = nowMillis - entry.sinceMillis();
        return switch (entry.ticket().priority()) {
            case INTERACTIVE -> false;
            case BACKGROUND -> waitedMillis >= config.backgroundPatienceMillis();
            case BATCH -> waitedMillis >= config.batchPatienceMillis();
        };
    }

    int size() {
        return size;
    }

    long estimatedTokens() {
        return tokens;
    }

    /** When the one that waits longest began to wait; now, if none does. */
    long oldestMillis(long nowMillis) {
        return ages.isEmpty() ? nowMillis : ages.firstKey();
    }

    private TreeSet<Entry> inClass(Priority priority) {
        return classes.computeIfAbsent(priority, one -> new TreeSet<>(ORDER));
    }

    private Share share(Priority priority) {
        return shares.computeIfAbsent(priority, one -> new Share());
    }

    private static final class Share {
        private long virtual;
        private final Map<String, Long> tenants = new HashMap<>();

        long next(InferenceRequested request) {
            String tenant = request.getFacts().getTenant();
            long start = Math.max(virtual, tenants.getOrDefault(tenant, 0L));
            tenants.put(tenant, start + cost(request));
            return start;
        }

        void served(Entry entry) {
            virtual = Math.max(virtual, entry.ticket().tag());
            tenants.values().removeIf(finish -> finish <= virtual);
        }

        void recall(Entry entry) {
            InferenceRequested request = entry.ticket().request();
            long finish = entry.ticket().tag() + cost(request);
            tenants.merge(request.getFacts().getTenant(), finish, Math::max);
            if (entry.phase() != Entry.Phase.QUEUED) {
                virtual = Math.max(virtual, entry.ticket().tag());
            }
        }

        private static long cost(InferenceRequested request) {
            long tokens = Math.max(1, request.getEstimatedTokens());
            return Math.max(1, tokens * SCALE / Math.max(1, request.getTenantWeight()));
        }
    }
}
