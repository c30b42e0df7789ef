package dev.millrace.gpu.work;

import dev.millrace.event.CancelWork;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Outcome;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import dev.millrace.event.WorkAssigned;
import dev.millrace.event.WorkEnded;
import dev.millrace.event.WorkerReported;
import dev.millrace.reply.RequestIds;
import dev.millrace.service.Meters;
import io.prometheus.client.CollectorRegistry;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.apache.avro.specific.SpecificRecord;

/** A desk with all that is around it in memory, on the test's own thread and time. */
final class Bureau implements ReportWriter {

    static final String WORKER = "w1";

    final ReplyLog log = new ReplyLog();
    final Script generator = new Script();
    final List<SpecificRecord> reports = new ArrayList<>();
    final WorkerConfig config = new WorkerConfig(3000, 2000, 400, 50, 5000, 2, 10_000, 4096, 100_000, 20_000, 1, 1000);
    final Desk desk;
    boolean brokersAnswer = true;
    long nowMillis = 1_000_000;

    private final Deque<Runnable> word = new ConcurrentLinkedDeque<>();
    private final RequestIds ids = new RequestIds("a secret of a test", new Random(1));
    private long number;

    Bureau() {
        Tally tally = new Tally(new Meters<>(WorkerMeter.class, new CollectorRegistry()), "m");
        desk = new Desk(
                new WorkerId(WORKER, "m", "p", "local"),
                config,
                generator,
                log,
                this,
                log,
                word::add,
                () -> nowMillis,
                tally);
        desk.assigned(List.of(0, 1));
        settle();
    }

    @Override
    public void write(String model, SpecificRecord event, Acknowledged acknowledged) {
        if (brokersAnswer) {
            reports.add(event);
            acknowledged.done(true);
        }
    }

    /** Lets everything happen that is due. */
    void settle() {
        do {
            for (Runnable next = word.poll(); next != null; next = word.poll()) {
                next.run();
            }
            desk.turn();
        } while (!word.isEmpty());
    }

    void pass(long millis) {
        for (long i = 0; i < millis; i += 50) {
            nowMillis += 50;
            settle();
        }
    }

    void acknowledge() {
        List<Runnable> kept = List.copyOf(log.kept);
        log.kept.clear();
        kept.forEach(Runnable::run);
        settle();
    }

    String id() {
        return ids.mint(1, 3, 0).toString();
    }

    WorkAssigned work(String id, int attempt) {
        return work(id, attempt, RequestKind.CHAT);
    }

    private WorkAssigned work(String id, int attempt, RequestKind kind) {
        return WorkAssigned.newBuilder()
                .setRequestId(id)
                .setAttempt(attempt)
                .setWorker(WORKER)
                .setNumber(++number)
                .setPool("p")
                .setProvider("local")
                .setAssignedAtMillis(0)
                .setRequest(InferenceRequested.newBuilder()
                        .setRequestId(id)
                        .setFacts(RequestFacts.newBuilder()
                                .setModel("m")
                                .setKind(kind)
                                .build())
                        .setPrompt("{}")
                        .setSampling(Sampling.newBuilder().setSeed(1).build())
                        .setQueueTimeoutMillis(1)
                        .setFirstTokenTimeoutMillis(1)
                        .setLifetimeMillis(1)
                        .build())
                .build();
    }

    /** Takes an attempt and gives its request's id. */
    String take(int attempt) {
        String id = id();
        take(id, attempt);
        return id;
    }

    void take(String id, int attempt) {
        take(id, attempt, RequestKind.CHAT);
    }

    /** Takes an attempt, and a later one as far as to the report that tells of it. */
    void take(String id, int attempt, RequestKind kind) {
        desk.take(work(id, attempt, kind));
        settle();
        if (attempt > 1) {
            pass(config.reportGapMillis());
        }
    }

    void cancel(String id, int attempt, Outcome outcome) {
        desk.cancel(new CancelWork(WORKER, id, attempt, outcome, "because"));
        settle();
    }

    Script.Begun begun() {
        return generator.begun.get(generator.begun.size() - 1);
    }

    <T> List<T> told(Class<T> type) {
        return reports.stream().filter(type::isInstance).map(type::cast).toList();
    }

    WorkEnded ended() {
        List<WorkEnded> all = told(WorkEnded.class);
        return all.get(all.size() - 1);
    }

    WorkerReported report() {
        List<WorkerReported> all = told(WorkerReported.class);
        return all.get(all.size() - 1);
    }
}
