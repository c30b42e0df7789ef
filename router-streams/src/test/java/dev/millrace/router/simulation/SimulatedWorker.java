package dev.millrace.router.simulation;

import dev.millrace.event.CancelWork;
import dev.millrace.event.Chunk;
import dev.millrace.event.EndReason;
import dev.millrace.event.Failed;
import dev.millrace.event.Failure;
import dev.millrace.event.Finished;
import dev.millrace.event.HeldWork;
import dev.millrace.event.Outcome;
import dev.millrace.event.Started;
import dev.millrace.event.TakenOver;
import dev.millrace.event.WorkAssigned;
import dev.millrace.event.WorkEnded;
import dev.millrace.event.WorkStarted;
import dev.millrace.reply.ReplyReader;
import dev.millrace.router.Requests;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;

/** A worker as the protocol wants it, and as life makes it. */
final class SimulatedWorker {

    static final int SLOTS = 2;

    private enum Step {
        MARK,
        READ,
        RUN
    }

    private static final class Job {
        final WorkAssigned work;
        Step step = Step.MARK;
        int marked;
        boolean started;
        boolean broken;
        final List<String> texts = new ArrayList<>();

        Job(WorkAssigned work) {
            this.work = work;
        }
    }

    final String name;
    final Set<Integer> partitions = new TreeSet<>();
    boolean alive = true;
    boolean leaving;
    long silentUntilMillis;
    private final Simulation world;
    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private final Map<Integer, Integer> positions = new HashMap<>();
    private int controlsRead;
    private long highest;
    private long sequence;

    SimulatedWorker(String name, Simulation world) {
        this.name = name;
        this.world = world;
        this.controlsRead = world.logs.controls.size();
    }

    boolean isIdle() {
        return jobs.isEmpty();
    }

    void own(int partition) {
        partitions.add(partition);
        positions.put(partition, world.logs.workCommitted[partition]);
    }

    /** Something that it has to do anyway; false if there was nothing. */
    boolean step() {
        if (!alive || world.now < silentUntilMillis) {
            return false;
        }
        return readControl() || (world.random.nextInt(3) > 0 ? readWork() || runOne() : runOne() || readWork());
    }

    private boolean readControl() {
        if (controlsRead >= world.logs.controls.size()) {
            return false;
        }
        CancelWork stop = world.logs.controls.get(controlsRead++);
        Job job = jobs.get(stop.getRequestId());
        if (!stop.getWorker().equals(name) || job == null || job.work.getAttempt() != stop.getAttempt()) {
            return true;
        }
        if (stop.getOutcome() == Outcome.CANCELLED && job.step == Step.RUN) {
            Failure failure = new Failure(499, "cancelled", "cancelled", "cancelled", null, null);
            int chunks = job.texts.size();
            reply(new Failed(id(job), job.work.getAttempt(), name, chunks, chunks, Outcome.CANCELLED, failure));
            end(job, EndReason.FAILED, 0);
        } else if (stop.getOutcome() == Outcome.FAILED) {
            jobs.remove(stop.getRequestId());
        }
        return true;
    }

    private boolean readWork() {
        for (int partition : partitions) {
            int position = positions.getOrDefault(partition, 0);
            List<WorkAssigned> log = world.logs.work.get(partition);
            if (position < log.size() && jobs.size() < SLOTS + 1) {
                positions.put(partition, position + 1);
                world.logs.workCommitted[partition] = position + 1;
                admit(log.get(position));
                return true;
            }
        }
        return false;
    }

    private void admit(WorkAssigned work) {
        if (!work.getWorker().equals(name)) {
            told(new WorkEnded(
                    work.getRequestId(), Requests.MODEL, work.getWorker(), work.getAttempt(), EndReason.REFUSED, 0, 0));
            return;
        }
        boolean again = work.getNumber() <= highest;
        highest = Math.max(highest, work.getNumber());
        Job held = jobs.get(work.getRequestId());
        if (!again && (held == null || held.work.getAttempt() < work.getAttempt())) {
            jobs.put(work.getRequestId(), new Job(work));
        }
    }

    private boolean runOne() {
        if (jobs.isEmpty()) {
            return false;
        }
        List<Job> all = List.copyOf(jobs.values());
        run(all.get(world.random.nextInt(all.size())));
        return true;
    }

    private void run(Job job) {
        switch (job.step) {
            case MARK -> mark(job);
            case READ -> read(job);
            case RUN -> generate(job);
        }
    }

    private void mark(Job job) {
        int attempt = job.work.getAttempt();
        if (attempt == 1) {
            reply(new Started(
                    id(job),
                    attempt,
                    name,
                    Requests.POOL,
                    "local",
                    job.work.getRequest().getFacts()));
        } else {
            reply(new TakenOver(
                    id(job),
                    attempt,
                    name,
                    Requests.POOL,
                    "local",
                    job.work.getRequest().getFacts()));
        }
        job.marked = world.logs.replies.size();
        job.step = attempt == 1 || world.mistake == Mistake.DOES_NOT_READ_BEFORE ? Step.RUN : Step.READ;
    }

    private void read(Job job) {
        ReplyReader reader = new ReplyReader();
        List<String> texts = new ArrayList<>();
        for (Logs.Logged record : world.logs.replies.subList(0, job.marked)) {
            if (Counted.requestId(record.event()).equals(id(job))
                    && reader.read(record.event())
                    && record.event() instanceof Chunk chunk) {
                texts.add(chunk.getText());
            }
        }
        ReplyReader.Owner owner = Objects.requireNonNull(reader.owner());
        if (reader.end() != null) {
            end(job, EndReason.END_FOUND, 0);
        } else if (!owner.equals(new ReplyReader.Owner(job.work.getAttempt(), name))) {
            end(job, EndReason.SUPERSEDED, owner.attempt());
        } else {
            job.texts.addAll(texts);
            job.step = Step.RUN;
        }
    }

    private void generate(Job job) {
        if (world.isPoison(id(job))) {
            world.kill(this);
            return;
        }
        int length = world.lengthOf(id(job));
        if (job.texts.size() < length) {
            if (world.fault(0.02)) {
                end(job, EndReason.ABANDONED, 0);
                return;
            }
            chunk(job);
        } else if (job.broken && world.random.nextBoolean()) {
            end(job, EndReason.ABANDONED, 0);
        } else if (world.fault(0.2)) {
            // Of all places, it stops to breathe right before the end.
            silentUntilMillis = world.now + world.random.nextInt(8000);
        } else {
            // Where it has not learnt of a lost chunk, it believes that this is the end.
            reply(new Finished(id(job), job.work.getAttempt(), name, length, length));
            end(job, EndReason.FINISHED, 0);
        }
    }

    private void chunk(Job job) {
        int sequence = job.texts.size();
        String text = sequence + "," + name + "," + job.work.getAttempt() + ";";
        if (world.fault(0.02)) {
            // Fails while later ones are under way already.
            job.broken = true;
        } else {
            Chunk chunk = Chunk.newBuilder()
                    .setRequestId(id(job))
                    .setAttempt(job.work.getAttempt())
                    .setWorker(name)
                    .setSequence(sequence)
                    .setText(text)
                    .setReasoning(String.join("", job.texts))
                    .setTokens(1)
                    .setPromptTokens(7)
                    .build();
            reply(chunk);
            if (world.fault(0.02)) {
                // Written again, because its acknowledgement was lost.
                reply(chunk);
            }
            if (!job.started) {
                job.started = true;
                told(new WorkStarted(id(job), Requests.MODEL, name, job.work.getAttempt(), 7, 0));
            }
        }
        job.texts.add(text);
    }

    void report() {
        if (!alive || world.now < silentUntilMillis) {
            return;
        }
        List<HeldWork> held = jobs.values().stream()
                .map(job -> Requests.held(id(job), job.work.getAttempt()))
                .toList();
        world.tell(Requests.report(name, ++sequence, SLOTS)
                .setPartitions(List.copyOf(partitions))
                .setFreeSlots(Math.max(0, SLOTS - jobs.size()))
                .setHighestAssignment(highest)
                .setHeld(held)
                .setDraining(leaving)
                .setLeaving(leaving && jobs.isEmpty())
                .build());
    }

    /** Hands over what it holds. */
    void drain() {
        leaving = true;
        for (Job job : List.copyOf(jobs.values())) {
            end(job, EndReason.HANDED_OVER, 0);
        }
    }

    private static String id(Job job) {
        return job.work.getRequestId();
    }

    private void end(Job job, EndReason reason, int seenAttempt) {
        jobs.remove(id(job));
        told(new WorkEnded(
                id(job), Requests.MODEL, name, job.work.getAttempt(), reason, seenAttempt, job.texts.size()));
    }

    private void reply(SpecificRecord event) {
        world.logs.replies.add(new Logs.Logged(event, world.now));
    }

    /** News may be lost; the reports make up for it. */
    private void told(SpecificRecord event) {
        if (!world.fault(0.05)) {
            world.tell(event);
        }
    }
}
