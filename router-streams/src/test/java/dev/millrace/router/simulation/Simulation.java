package dev.millrace.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.CancelRequested;
import dev.millrace.event.Finished;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Priority;
import dev.millrace.event.UsageRecorded;
import dev.millrace.reply.RequestId;
import dev.millrace.router.Requests;
import dev.millrace.router.settle.SimulatedSettler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * One random walk. Faults happen for a while; then every fair step is taken until nothing moves, and what is in the logs
 * is judged.
 */
final class Simulation {

    private static final long START_MILLIS = 1_800_000_000_000L;
    private static final int FAULTY_STEPS = 500;
    private static final int MAX_QUIET_STEPS = 60_000;
    private static final int REQUESTS = 6;
    private static final long REPORT_EVERY_MILLIS = 400;
    private static final long TICK_EVERY_MILLIS = 250;

    final Random random;
    final Mistake mistake;
    final Logs logs = new Logs();
    long now = START_MILLIS;
    int steps;
    int ends;
    int finished;

    private final Requests make;
    private final SimulatedRouter router;
    private final SimulatedSettler settler;
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final Map<String, Integer> lengths = new HashMap<>();
    private @Nullable String poison;
    private boolean faulty = true;
    private int born;
    private long routerAwayUntilMillis;
    private long lastReportMillis;
    private long lastTickMillis;

    Simulation(long seed, Mistake mistake) {
        this.random = new Random(seed);
        this.mistake = mistake;
        this.make = new Requests(seed);
        this.settler = new SimulatedSettler(logs, mistake != Mistake.DOES_NOT_LOOK_BACK);
        this.router = new SimulatedRouter(this);
        spawn();
        spawn();
        for (int partition = 0; partition < Logs.WORK_PARTITIONS; partition++) {
            workers.get(partition % 2).own(partition);
        }
    }

    boolean fault(double chance) {
        return faulty && random.nextDouble() < chance;
    }

    int lengthOf(String requestId) {
        return lengths.getOrDefault(requestId, 1);
    }

    boolean isPoison(String requestId) {
        return requestId.equals(poison);
    }

    void tell(SpecificRecord event) {
        logs.workers.add(new Logs.Logged(event, now));
    }

    private void spawn() {
        workers.add(new SimulatedWorker("w" + ++born, this));
    }

    private List<SimulatedWorker> live() {
        return workers.stream().filter(worker -> worker.alive).toList();
    }

    private SimulatedWorker any() {
        List<SimulatedWorker> live = live();
        return live.get(random.nextInt(live.size()));
    }

    /** The worker's process dies; another one starts, and the partitions go to whoever lives. */
    void kill(SimulatedWorker worker) {
        worker.alive = false;
        spawn();
        worker.partitions.forEach(partition -> any().own(partition));
    }

    void run() {
        while (steps < FAULTY_STEPS) {
            happen();
            step();
        }
        faulty = false;
        poison = null;
        workers.forEach(worker -> worker.silentUntilMillis = 0);
        routerAwayUntilMillis = 0;
        while (!isAtRest()) {
            step();
            assertThat(steps).as("steps, and no rest: %s", router.entries()).isLessThan(MAX_QUIET_STEPS);
        }
        judge();
    }

    private void step() {
        steps++;
        pass(random.nextInt(40));
        int which = random.nextInt(workers.size() + 3);
        if (which < workers.size()) {
            workers.get(which).step();
        } else if (which == workers.size()) {
            settler.step();
        } else if (now >= routerAwayUntilMillis) {
            router.step();
        }
    }

    private void pass(long millis) {
        now += millis;
        if (now - lastReportMillis >= REPORT_EVERY_MILLIS) {
            lastReportMillis = now;
            workers.stream().filter(worker -> !fault(0.1)).forEach(SimulatedWorker::report);
        }
        if (now - lastTickMillis >= TICK_EVERY_MILLIS && now >= routerAwayUntilMillis) {
            lastTickMillis = now;
            router.tick();
        }
    }

    private void happen() {
        double dice = random.nextDouble() * 100;
        if (dice < 4 && lengths.size() < REQUESTS) {
            ask();
        } else if (dice < 5 && !lengths.isEmpty()) {
            logs.requests.add(new Logs.Logged(someRequest(), now));
        } else if (dice < 5.2 && !lengths.isEmpty()) {
            String requestId = someRequest().getRequestId();
            logs.requests.add(new Logs.Logged(new CancelRequested(requestId, Requests.MODEL, "cancelled"), now));
        } else if (dice < 6.2) {
            kill(any());
        } else if (dice < 8) {
            any().silentUntilMillis = now + random.nextInt(8000);
        } else if (dice < 9) {
            any().drain();
        } else if (dice < 11) {
            router.crash();
        } else if (dice < 17) {
            router.snapshot();
        } else if (dice < 18) {
            routerAwayUntilMillis = now + random.nextInt(6000);
        } else if (dice < 20) {
            settler.crash();
        } else if (dice < 30) {
            settler.commit(mistake == Mistake.COMMITS_TOO_FAR);
        } else if (dice < 31) {
            rebalance();
        } else if (dice < 31.5 && !lengths.isEmpty()) {
            poison = someRequest().getRequestId();
        }
    }

    private void ask() {
        RequestId id = make.id(now, Math.max(0, logs.replies.size() - random.nextInt(3)));
        Priority priority = Priority.values()[random.nextInt(3)];
        InferenceRequested request = Requests.request(id, "tenant" + random.nextInt(2), priority)
                .setQueueTimeoutMillis(3000 + random.nextInt(60_000))
                .setFirstTokenTimeoutMillis(5000)
                .setLifetimeMillis(5000 + random.nextInt(120_000))
                .build();
        lengths.put(id.toString(), 1 + random.nextInt(5));
        logs.requests.add(new Logs.Logged(request, now));
    }

    private InferenceRequested someRequest() {
        List<InferenceRequested> requests = requests();
        return requests.get(random.nextInt(requests.size()));
    }

    private List<InferenceRequested> requests() {
        return logs.requests.stream()
                .filter(record -> record.event() instanceof InferenceRequested)
                .map(record -> (InferenceRequested) record.event())
                .toList();
    }

    /** A partition moves between two workers that live. */
    private void rebalance() {
        int partition = random.nextInt(Logs.WORK_PARTITIONS);
        if (random.nextBoolean()) {
            // What was admitted and not committed is delivered again.
            logs.workCommitted[partition] = Math.max(0, logs.workCommitted[partition] - 1);
        }
        workers.forEach(worker -> worker.partitions.remove(partition));
        any().own(partition);
    }

    private boolean isAtRest() {
        if (workers.stream().anyMatch(worker -> worker.alive && worker.leaving)) {
            workers.stream()
                    .filter(worker -> worker.alive && worker.leaving)
                    .toList()
                    .forEach(this::kill);
        }
        boolean asked = requests().stream().allMatch(request -> logs.usage.stream()
                .anyMatch(usage -> usage.getRequestId().equals(request.getRequestId())));
        return asked
                && settler.isDone()
                && router.isIdle()
                && workers.stream().allMatch(worker -> !worker.alive || worker.isIdle());
    }

    private void judge() {
        Map<String, Counted> counted = new LinkedHashMap<>();
        for (Logs.Logged record : logs.replies) {
            counted.computeIfAbsent(Counted.requestId(record.event()), id -> new Counted())
                    .read(record.event(), record.atMillis());
        }
        Map<String, UsageRecorded> settled = new HashMap<>();
        for (UsageRecorded usage : logs.usage) {
            UsageRecorded before = settled.put(usage.getRequestId(), usage);
            assertThat(usage).as("settled again").isEqualTo(before == null ? usage : before);
        }
        for (InferenceRequested request : requests()) {
            judge(request.getRequestId(), counted.get(request.getRequestId()), settled.get(request.getRequestId()));
        }
    }

    private void judge(String requestId, @Nullable Counted counted, @Nullable UsageRecorded settled) {
        assertThat(counted).as("read of %s", requestId).isNotNull();
        assertThat(settled).as("settlement of %s", requestId).isNotNull();
        if (counted == null || settled == null) {
            return;
        }
        assertThat(counted.end).as("end of %s", requestId).isNotNull();
        assertThat(counted.spliced)
                .as("generated after another text than was delivered")
                .isFalse();
        for (int i = 0; i < counted.texts.size(); i++) {
            assertThat(counted.texts.get(i)).startsWith(i + ",");
        }
        if (counted.end instanceof Finished) {
            assertThat(counted.texts).hasSize(lengthOf(requestId));
        }
        assertThat(settled.getOutputTokens()).isEqualTo(counted.texts.size());
        assertThat(settled.getAttempt()).isEqualTo(counted.ownerAttempt);
        assertThat(settled.getWorker()).isEqualTo(counted.ownerName);
        assertThat(settled.getEndedAtMillis()).as("time of the end").isEqualTo(counted.endedAtMillis);
        ends++;
        finished += counted.end instanceof Finished ? 1 : 0;
    }
}
