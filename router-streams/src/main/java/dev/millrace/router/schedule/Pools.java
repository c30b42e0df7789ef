package dev.millrace.router.schedule;

import dev.millrace.event.RoutingRule;
import dev.millrace.event.RoutingRules;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The workers of one model, and the choice among them: first the pool by the rules, then the worker. */
final class Pools {

    private static final int DEFAULT_WEIGHT = 100;
    private static final long SECOND = 1000;

    final Map<String, Worker> workers = new LinkedHashMap<>();
    private final QueueConfig config;
    private final Map<String, Pace> paces = new HashMap<>();
    private @Nullable RoutingRules rules;

    Pools(QueueConfig config) {
        this.config = config;
    }

    void follow(Optional<RoutingRules> now) {
        rules = now.orElse(null);
    }

    boolean hasLive() {
        return workers.values().stream().anyMatch(worker -> worker.canTake() && isServing(worker.pool));
    }

    /** The worker that this entry should go to now, if any has room. */
    Optional<Worker> choose(Entry entry, long nowMillis) {
        Optional<Worker> free = choose(entry, nowMillis, Worker::hasRoom);
        return free.isPresent() ? free : choose(entry, nowMillis, worker -> worker.hasRoomAhead(config));
    }

    /**
     * For an entry that must run alone: a worker that is or will be idle, kept free for it from now on. Of several
     * workers at most half are kept, or a few such entries would stop everybody else's.
     */
    Optional<Worker> reserve(Entry entry) {
        Optional<Worker> kept = workers.values().stream()
                .filter(worker -> entry.id().equals(worker.reservedFor) && worker.canTake())
                .findFirst();
        Worker worker = kept.or(() -> workers.values().stream()
                        .filter(one -> one.canTake() && one.reservedFor == null && isServing(one.pool))
                        .filter(one -> mayReserve())
                        .min(Comparator.comparingInt((Worker one) -> avoided(one, entry) ? 1 : 0)
                                .thenComparingInt(one -> one.inFlight.size())))
                .orElse(null);
        if (worker == null) {
            return Optional.empty();
        }
        worker.reservedFor = entry.id();
        return worker.isIdle() ? Optional.of(worker) : Optional.empty();
    }

    private boolean mayReserve() {
        List<Worker> able = workers.values().stream().filter(Worker::canTake).toList();
        long reserved =
                able.stream().filter(worker -> worker.reservedFor != null).count();
        return reserved < Math.max(1, able.size() / 2);
    }

    void endReservation(String requestId) {
        for (Worker worker : workers.values()) {
            if (requestId.equals(worker.reservedFor)) {
                worker.reservedFor = null;
            }
        }
    }

    private Optional<Worker> choose(Entry entry, long nowMillis, Predicate<Worker> hasRoom) {
        List<Worker> free = workers.values().stream().filter(hasRoom).toList();
        if (free.isEmpty()) {
            return Optional.empty();
        }
        Set<String> pools = new HashSet<>();
        free.forEach(worker -> pools.add(worker.pool));
        Optional<String> pool = choosePool(pools, nowMillis);
        return pool.flatMap(
                name -> free.stream().filter(worker -> worker.pool.equals(name)).min(preference(entry)));
    }

    private static Comparator<Worker> preference(Entry entry) {
        String affinity = entry.ticket().request().getAffinity();
        Comparator<Worker> byFault = Comparator.comparingInt(worker -> avoided(worker, entry) ? 1 : 0);
        if (affinity != null) {
            return byFault.thenComparing(Comparator.comparingLong((Worker worker) -> score(affinity, worker.name))
                    .reversed());
        }
        return byFault.thenComparingLong(worker -> worker.backlog)
                .thenComparingInt(worker -> worker.inFlight.size())
                .thenComparing(worker -> worker.name);
    }

    private static boolean avoided(Worker worker, Entry entry) {
        return worker.name.equals(entry.avoid());
    }

    /** Highest random weight: the same affinity meets the same worker for as long as that worker lives. */
    private static long score(String affinity, String worker) {
        long mixed = 0x9E3779B97F4A7C15L * (affinity.hashCode() + 31L * worker.hashCode());
        mixed ^= mixed >>> 32;
        mixed *= 0xD6E8FEB86659FD93L;
        return mixed ^ (mixed >>> 29);
    }

    /** Smooth weighted choice among the pools of the best priority that has a live worker. */
    private Optional<String> choosePool(Set<String> withRoom, long nowMillis) {
        List<RoutingRule> best = bestPriority().stream()
                .filter(rule -> withRoom.contains(rule.getPool()) && pace(rule).allows(rule.getMaxRps(), nowMillis))
                .toList();
        Pace chosen = null;
        RoutingRule by = null;
        long total = 0;
        for (RoutingRule rule : best) {
            Pace pace = pace(rule);
            total += rule.getWeight();
            pace.current += rule.getWeight();
            if (chosen == null || pace.current > chosen.current) {
                chosen = pace;
                by = rule;
            }
        }
        if (chosen == null || by == null) {
            return Optional.empty();
        }
        chosen.current -= total;
        chosen.spend(by.getMaxRps(), nowMillis);
        return Optional.of(by.getPool());
    }

    private Pace pace(RoutingRule rule) {
        return paces.computeIfAbsent(rule.getPool(), pool -> new Pace());
    }

    private List<RoutingRule> bestPriority() {
        Set<String> live = new HashSet<>();
        workers.values().stream().filter(Worker::canTake).forEach(worker -> live.add(worker.pool));
        List<RoutingRule> usable =
                serving().filter(rule -> live.contains(rule.getPool())).toList();
        int best = usable.stream().mapToInt(RoutingRule::getPriority).min().orElse(0);
        return usable.stream().filter(rule -> rule.getPriority() == best).toList();
    }

    private boolean isServing(String pool) {
        return serving().anyMatch(rule -> rule.getPool().equals(pool));
    }

    private Stream<RoutingRule> serving() {
        return rules == null
                ? announced(workers.values())
                : rules.getRules().stream().filter(Pools::isUsable);
    }

    private static boolean isUsable(RoutingRule rule) {
        return rule.getEnabled() && rule.getWeight() > 0 && rule.getMaxRps() > 0;
    }

    private static Stream<RoutingRule> announced(Collection<Worker> workers) {
        return workers.stream().map(worker -> worker.pool).distinct().sorted().map(pool -> RoutingRule.newBuilder()
                .setPool(pool)
                .setWeight(DEFAULT_WEIGHT)
                .setMaxRps(Integer.MAX_VALUE)
                .build());
    }

    /** How a pool is doing in the weighted choice, and what its rate still allows: a second's worth saved at most. */
    private static final class Pace {
        private long current;
        private double tokens = Double.NaN;
        private long filledAtMillis;

        boolean allows(int maxRps, long nowMillis) {
            fill(maxRps, nowMillis);
            return tokens >= 1;
        }

        void spend(int maxRps, long nowMillis) {
            fill(maxRps, nowMillis);
            tokens--;
        }

        private void fill(int maxRps, long nowMillis) {
            double more = (double) Math.max(0, nowMillis - filledAtMillis) * maxRps / SECOND;
            tokens = Double.isNaN(tokens) ? maxRps : Math.min(maxRps, tokens + more);
            filledAtMillis = Math.max(filledAtMillis, nowMillis);
        }
    }
}
