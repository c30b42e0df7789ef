package dev.millrace.topic;

import dev.millrace.event.Accepted;
import dev.millrace.event.CancelRequested;
import dev.millrace.event.CancelWork;
import dev.millrace.event.Chunk;
import dev.millrace.event.Closed;
import dev.millrace.event.CompletionRecorded;
import dev.millrace.event.DeadLettered;
import dev.millrace.event.Drain;
import dev.millrace.event.Failed;
import dev.millrace.event.Finished;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.LoadModel;
import dev.millrace.event.ModelAnnounced;
import dev.millrace.event.RouterTicked;
import dev.millrace.event.RoutingRules;
import dev.millrace.event.SchemaAnnounced;
import dev.millrace.event.Started;
import dev.millrace.event.TakenOver;
import dev.millrace.event.UsageRecorded;
import dev.millrace.event.WorkAssigned;
import dev.millrace.event.WorkEnded;
import dev.millrace.event.WorkStarted;
import dev.millrace.event.WorkerReported;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/** The catalogue of topics. */
public final class Topics {

    private static final String PREFIX = "millrace.";
    private static final String WORK_PREFIX = PREFIX + "work.";
    private static final Pattern POOL = Pattern.compile("[a-zA-Z0-9_-][a-zA-Z0-9._-]{0,199}");

    /** One router task decides for a model, so requests and worker reports must fall into the same partitions. */
    private static final int MODEL_PARTITIONS = 4;

    private static final int REPLY_PARTITIONS = 8;
    private static final int WORK_PARTITIONS = 16;

    public static final Topic REQUESTS = new Topic(
            PREFIX + "requests",
            "model",
            List.of(InferenceRequested.class, CancelRequested.class),
            MODEL_PARTITIONS,
            Duration.ofDays(7));

    public static final Topic WORKERS = new Topic(
            PREFIX + "workers",
            "model",
            List.of(WorkerReported.class, WorkStarted.class, WorkEnded.class, RouterTicked.class),
            MODEL_PARTITIONS,
            Duration.ofDays(1));

    public static final Topic CONTROLS = new Topic(
            PREFIX + "controls",
            "worker",
            List.of(CancelWork.class, Drain.class, LoadModel.class),
            1,
            Duration.ofDays(1));

    public static final Topic REPLIES = new Topic(
            PREFIX + "replies",
            "request id, explicit partition",
            List.of(
                    Accepted.class,
                    Started.class,
                    TakenOver.class,
                    Chunk.class,
                    Finished.class,
                    Failed.class,
                    Closed.class),
            REPLY_PARTITIONS,
            Duration.ofDays(3));

    public static final Topic COMPLETIONS =
            new Topic(PREFIX + "completions", "request id", List.of(CompletionRecorded.class), 4, Duration.ofDays(7));

    public static final Topic USAGE =
            new Topic(PREFIX + "usage", "request id", List.of(UsageRecorded.class), 4, Duration.ofDays(30));

    public static final Topic RULES = new Topic(
            PREFIX + "rules", "model, or model@pool", List.of(RoutingRules.class, ModelAnnounced.class), 1, null);

    public static final Topic SCHEMAS =
            new Topic(PREFIX + "schemas", "fingerprint", List.of(SchemaAnnounced.class), 1, null);

    public static final Topic DEAD_LETTERS =
            new Topic(PREFIX + "dead-letters", "none", List.of(DeadLettered.class), 1, Duration.ofDays(30));

    /** All topics but those of pools. */
    public static final List<Topic> FIXED =
            List.of(REQUESTS, WORKERS, CONTROLS, REPLIES, COMPLETIONS, USAGE, RULES, SCHEMAS, DEAD_LETTERS);

    private static final int KEPT_OF_A_NAME = 180;

    private Topics() {}

    /** A pool's topic: the router names the partition, and with it the worker. */
    public static Topic work(String pool) {
        if (!isPool(pool)) {
            throw new IllegalArgumentException("not a pool's name: '" + pool + "'");
        }
        return new Topic(
                WORK_PREFIX + pool,
                "request id, explicit partition",
                List.of(WorkAssigned.class),
                WORK_PARTITIONS,
                Duration.ofDays(2));
    }

    /** Whether a pool may have this name. */
    public static boolean isPool(String name) {
        return POOL.matcher(name).matches();
    }

    /**
     * The pool that serves a model where nothing else is said: named like it, as far as a topic's name may be. What may
     * not is told apart by a checksum, so that no two models share a pool by accident.
     */
    public static String poolFor(String model) {
        String safe = model.replaceAll("^\\.|[^a-zA-Z0-9._-]", "-");
        if (safe.equals(model) && isPool(model)) {
            return model;
        }
        CRC32 sum = new CRC32();
        sum.update(model.getBytes(StandardCharsets.UTF_8));
        return String.format(
                Locale.ROOT, "%s-%08x", safe.substring(0, Math.min(safe.length(), KEPT_OF_A_NAME)), sum.getValue());
    }
}
