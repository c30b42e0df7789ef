package dev.millrace.router.simulation;

import dev.millrace.event.CancelWork;
import dev.millrace.event.UsageRecorded;
import dev.millrace.event.WorkAssigned;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** The topics of a simulation, each with one partition but for the pool's. */
public final class Logs {

    public static final int REPLY_PARTITION = 3;
    static final int WORK_PARTITIONS = 3;

    /** A record with the log's time. */
    public record Logged(SpecificRecord event, long atMillis) {}

    public final List<Logged> replies = new ArrayList<>();
    public final List<UsageRecorded> usage = new ArrayList<>();
    final List<Logged> requests = new ArrayList<>();
    final List<Logged> workers = new ArrayList<>();
    final List<CancelWork> controls = new ArrayList<>();
    final List<List<WorkAssigned>> work = new ArrayList<>();
    final int[] workCommitted = new int[WORK_PARTITIONS];

    Logs() {
        for (int i = 0; i < WORK_PARTITIONS; i++) {
            work.add(new ArrayList<>());
        }
    }
}
