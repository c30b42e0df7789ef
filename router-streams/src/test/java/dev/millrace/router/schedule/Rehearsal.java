package dev.millrace.router.schedule;

import static dev.millrace.router.Requests.held;
import static dev.millrace.router.Requests.report;

import dev.millrace.event.CancelRequested;
import dev.millrace.event.Closed;
import dev.millrace.event.EndReason;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Outcome;
import dev.millrace.event.Priority;
import dev.millrace.event.RoutingRule;
import dev.millrace.event.RoutingRules;
import dev.millrace.event.WorkEnded;
import dev.millrace.event.WorkerReported;
import dev.millrace.reply.RequestId;
import dev.millrace.router.Requests;
import dev.millrace.router.schedule.Decision.Assign;
import dev.millrace.router.schedule.Decision.Loss;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A scheduler, the log's time, and all that it has decided. */
final class Rehearsal {

    private static final long START = 1_800_000_000_000L;

    final Requests make = new Requests(1);
    private final Set<String> ended = new HashSet<>();
    final List<Decision> all = new ArrayList<>();

    @Nullable
    RoutingRules rules;

    long now = START;
    long sequence;
    long ticks;
    Scheduler scheduler = scheduler(QueueConfig.DEFAULT);

    Scheduler scheduler(QueueConfig queue) {
        Rulebook rulebook = new Rulebook() {
            @Override
            public Optional<RoutingRules> rules(String model) {
                return Optional.ofNullable(rules);
            }

            @Override
            public boolean isKnown(String model) {
                return true;
            }
        };
        return new Scheduler("router", SchedulerConfig.DEFAULT, queue, rulebook, ended::contains);
    }

    /** What the shell would have kept. */
    List<Entry> kept() {
        Map<String, Entry> kept = new LinkedHashMap<>();
        for (Decision decision : all) {
            if (decision instanceof Decision.Save save) {
                kept.put(save.entry().id(), save.entry());
            } else if (decision instanceof Decision.Forget forget) {
                kept.remove(forget.requestId());
            }
        }
        return List.copyOf(kept.values());
    }

    List<String> assignedTo(String worker) {
        return assigned().stream()
                .filter(to -> to.to().worker().equals(worker))
                .map(to -> to.entry().id() + to.entry().attempt())
                .toList();
    }

    static RoutingRules rules(RoutingRule... rules) {
        return new RoutingRules(Requests.MODEL, List.of(rules), 1L);
    }

    static RoutingRule rule(String pool, int priority, int weight) {
        return RoutingRule.newBuilder()
                .setPool(pool)
                .setPriority(priority)
                .setWeight(weight)
                .build();
    }

    InferenceRequested ask(String tenant) {
        return ask(tenant, Priority.INTERACTIVE, 100);
    }

    InferenceRequested ask(String tenant, Priority priority, int weight) {
        InferenceRequested request = Requests.request(make.id(now), tenant, priority)
                .setTenantWeight(weight)
                .setQueueTimeoutMillis(86_400_000)
                .setLifetimeMillis(priority == Priority.BATCH ? 86_400_000 : 600_000)
                .build();
        send(request);
        return request;
    }

    void ask(String tenant, long estimatedTokens) {
        send(Requests.request(make.id(now), tenant, Priority.INTERACTIVE)
                .setEstimatedTokens(estimatedTokens)
                .build());
    }

    void send(InferenceRequested request) {
        RequestId id = RequestId.parse(request.getRequestId()).orElseThrow();
        take(scheduler.request(id, request, 100, now));
    }

    void cancel(InferenceRequested request) {
        take(scheduler.cancel(new CancelRequested(request.getRequestId(), Requests.MODEL, "gone"), now));
    }

    void settle(InferenceRequested request) {
        take(scheduler.settled(request.getRequestId(), now));
        ended.add(request.getRequestId());
    }

    void work(String worker, int slots) {
        take(report(worker, ++sequence, slots).build());
    }

    void work(String worker, int slots, long highest, Assign holds) {
        take(report(worker, ++sequence, slots)
                .setFreeSlots(slots - 1)
                .setHighestAssignment(highest)
                .setHeld(List.of(held(holds.entry().id(), holds.entry().attempt())))
                .build());
    }

    void end(Assign assign, EndReason reason) {
        take(new WorkEnded(
                assign.entry().id(),
                Requests.MODEL,
                assign.to().worker(),
                assign.entry().attempt(),
                reason,
                0,
                0));
    }

    void take(WorkerReported report) {
        take(scheduler.report(report, now));
    }

    void take(WorkEnded end) {
        take(scheduler.ended(end, now));
    }

    void take(List<Decision> decisions) {
        all.addAll(decisions);
    }

    void tick(long millis) {
        scheduler.tickSent(++ticks);
        take(scheduler.tick(ticks, now));
        now += millis;
        take(scheduler.tick(0, now));
    }

    void tickFor(long millis) {
        for (long at = 0; at < millis; at += 250) {
            tick(250);
        }
    }

    Entry only() {
        return scheduler.entries().iterator().next();
    }

    List<Assign> assigned() {
        return all.stream()
                .filter(Assign.class::isInstance)
                .map(Assign.class::cast)
                .toList();
    }

    List<Closed> closed() {
        return all.stream()
                .filter(Decision.Close.class::isInstance)
                .map(decision -> ((Decision.Close) decision).event())
                .toList();
    }

    List<Outcome> stops() {
        return all.stream()
                .filter(Decision.Stop.class::isInstance)
                .map(decision -> ((Decision.Stop) decision).event().getOutcome())
                .toList();
    }

    List<Loss> lost() {
        return all.stream()
                .filter(Decision.Lost.class::isInstance)
                .map(decision -> ((Decision.Lost) decision).loss())
                .toList();
    }
}
