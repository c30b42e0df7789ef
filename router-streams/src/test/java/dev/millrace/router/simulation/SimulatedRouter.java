package dev.millrace.router.simulation;

import dev.millrace.event.CancelRequested;
import dev.millrace.event.Closed;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RouterTicked;
import dev.millrace.event.RoutingRules;
import dev.millrace.event.WorkAssigned;
import dev.millrace.event.WorkEnded;
import dev.millrace.event.WorkStarted;
import dev.millrace.event.WorkerReported;
import dev.millrace.reply.RequestId;
import dev.millrace.router.schedule.Decision;
import dev.millrace.router.schedule.Entry;
import dev.millrace.router.schedule.QueueConfig;
import dev.millrace.router.schedule.Rulebook;
import dev.millrace.router.schedule.Scheduler;
import dev.millrace.router.schedule.SchedulerConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;

/** The shell around the scheduler, with a state that may be older than what was written, and inputs read twice. */
final class SimulatedRouter {

    private static final Rulebook RULES = new Rulebook() {
        @Override
        public Optional<RoutingRules> rules(String model) {
            return Optional.empty();
        }

        @Override
        public boolean isKnown(String model) {
            return true;
        }
    };

    private record Kept(
            Map<String, Entry> entries, Map<String, InferenceRequested> bodies, Set<String> ended, int[] positions) {

        static Kept empty() {
            return new Kept(new HashMap<>(), new HashMap<>(), new HashSet<>(), new int[3]);
        }

        Kept copy() {
            return new Kept(new HashMap<>(entries), new HashMap<>(bodies), new HashSet<>(ended), positions.clone());
        }
    }

    private final Simulation world;
    private Kept now = Kept.empty();
    private Kept snapshot = Kept.empty();
    private Scheduler scheduler;
    private int incarnation;
    private long ticks;
    private boolean losesOutput;

    SimulatedRouter(Simulation world) {
        this.world = world;
        this.scheduler = begin();
    }

    private Scheduler begin() {
        incarnation++;
        Scheduler fresh = new Scheduler(
                "router" + incarnation, SchedulerConfig.DEFAULT, QueueConfig.DEFAULT, RULES, id -> now.ended()
                        .contains(id));
        fresh.restore(now.entries().values());
        return fresh;
    }

    boolean isIdle() {
        return !losesOutput
                && scheduler.entries().isEmpty()
                && scheduler.loads().stream().allMatch(load -> load.running() == 0 && load.waiting() == 0);
    }

    List<Entry> entries() {
        return List.copyOf(scheduler.entries());
    }

    void tick() {
        scheduler.tickSent(++ticks);
        world.logs.workers.add(new Logs.Logged(new RouterTicked("router" + incarnation, 0, ticks), world.now));
    }

    /** State is flushed with the offsets. */
    void snapshot() {
        if (!losesOutput) {
            snapshot = now.copy();
        }
    }

    /** Comes back with the state as it was last, or as it was flushed; what was read since is read again. */
    void crash() {
        Kept back = world.random.nextBoolean()
                ? snapshot
                : new Kept(now.entries(), now.bodies(), now.ended(), snapshot.positions());
        now = back.copy();
        losesOutput = false;
        scheduler = begin();
    }

    /** Reads one record of one of its topics; false if there was none. */
    boolean step() {
        if (losesOutput) {
            crash();
            return true;
        }
        int first = world.random.nextInt(3);
        for (int i = 0; i < 3; i++) {
            int topic = (first + i) % 3;
            int position = now.positions()[topic];
            if (position < size(topic)) {
                now.positions()[topic]++;
                apply(decide(topic, position));
                return true;
            }
        }
        return false;
    }

    private int size(int topic) {
        return switch (topic) {
            case 0 -> world.logs.requests.size();
            case 1 -> world.logs.workers.size();
            default -> world.logs.usage.size();
        };
    }

    private List<Decision> decide(int topic, int position) {
        if (topic == 2) {
            return scheduler.settled(world.logs.usage.get(position).getRequestId(), world.now);
        }
        Logs.Logged record = (topic == 0 ? world.logs.requests : world.logs.workers).get(position);
        SpecificRecord event = record.event();
        long at = record.atMillis();
        if (event instanceof InferenceRequested request) {
            RequestId id = RequestId.parse(request.getRequestId()).orElseThrow();
            return scheduler.request(id, request, 100, at);
        } else if (event instanceof CancelRequested cancel) {
            return scheduler.cancel(cancel, at);
        } else if (event instanceof WorkerReported report) {
            return scheduler.report(report, at);
        } else if (event instanceof WorkStarted started) {
            return scheduler.started(started, at);
        } else if (event instanceof WorkEnded ended) {
            return scheduler.ended(ended, at);
        }
        RouterTicked tick = (RouterTicked) event;
        long number = tick.getRouter().equals("router" + incarnation) ? tick.getSequence() : 0;
        return world.mistake == Mistake.WAITS_FOR_THE_DEAD ? List.of() : scheduler.tick(number, at);
    }

    private void apply(List<Decision> decisions) {
        for (Decision decision : decisions) {
            if (decision instanceof Decision.Save save) {
                keep(save.entry());
            } else if (decision instanceof Decision.Accept accept) {
                now.bodies().put(accept.request().getRequestId(), accept.request());
            } else if (decision instanceof Decision.KeepAgain again) {
                now.bodies().putIfAbsent(again.request().getRequestId(), again.request());
            } else if (decision instanceof Decision.Forget forget) {
                now.entries().remove(forget.requestId());
                now.bodies().remove(forget.requestId());
                now.ended().add(forget.requestId());
            } else if (decision instanceof Decision.Remember remember) {
                now.ended().add(remember.requestId());
            } else if (world.fault(0.01)) {
                // Not acknowledged: the router will not live to commit what led to it.
                losesOutput = true;
            } else {
                write(decision);
            }
        }
    }

    private void keep(Entry entry) {
        if (world.mistake == Mistake.FORGETS_TO_SAVE && world.fault(0.3)) {
            now.entries().remove(entry.id());
        } else {
            now.entries().put(entry.id(), entry);
        }
    }

    private void write(Decision decision) {
        if (decision instanceof Decision.Assign assign) {
            Entry entry = assign.entry();
            InferenceRequested body = now.bodies().get(entry.id());
            if (body == null) {
                throw new AssertionError("no body for " + entry);
            }
            world.logs
                    .work
                    .get(assign.partition())
                    .add(new WorkAssigned(
                            entry.id(),
                            entry.attempt(),
                            assign.to().worker(),
                            assign.to().number(),
                            assign.to().pool(),
                            assign.to().provider(),
                            assign.nowMillis(),
                            assign.alone(),
                            body));
        } else if (decision instanceof Decision.Close close) {
            Closed event = world.mistake == Mistake.CLOSES_LOW
                    ? Closed.newBuilder(close.event()).setAttempt(1).build()
                    : close.event();
            world.logs.replies.add(new Logs.Logged(event, world.now));
        } else if (decision instanceof Decision.Stop stop) {
            world.logs.controls.add(stop.event());
        }
    }
}
