package dev.millrace.router;

import dev.millrace.event.CancelRequested;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.RouterTicked;
import dev.millrace.event.WorkEnded;
import dev.millrace.event.WorkStarted;
import dev.millrace.event.WorkerReported;
import dev.millrace.reply.RequestId;
import dev.millrace.router.schedule.Decision;
import dev.millrace.router.schedule.Entry;
import dev.millrace.router.schedule.Scheduler;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.RequestHeaders;
import dev.millrace.topic.Topic;
import dev.millrace.topic.Topics;
import dev.millrace.topic.UnreadableEventException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shell around one partition's scheduler: reads records as events, and has the decisions done. */
final class SchedulerTask extends ContextualProcessor<byte[], byte[], byte[], Outgoing> {

    private static final Logger LOG = LoggerFactory.getLogger(SchedulerTask.class);
    private static final int TICKS_PER_SWEEP = 20;

    /** While nobody waits it is enough to keep the log's clock going; together no longer than what one tick may move it. */
    private static final int TICKS_OF_REST = 3;

    private final RouterTopology.Parts parts;
    private @Nullable Scheduler scheduler;
    private @Nullable Effects effects;
    private long firstTick;
    private long ticks;

    SchedulerTask(RouterTopology.Parts parts) {
        this.parts = parts;
    }

    /** Makes tasks, each with its stores. */
    static final class Supplier implements ProcessorSupplier<byte[], byte[], byte[], Outgoing> {
        private final RouterTopology.Parts parts;

        Supplier(RouterTopology.Parts parts) {
            this.parts = parts;
        }

        @Override
        public SchedulerTask get() {
            return new SchedulerTask(parts);
        }

        @Override
        public Set<StoreBuilder<?>> stores() {
            return RouterTopology.stores();
        }
    }

    @Override
    public void init(ProcessorContext<byte[], Outgoing> context) {
        super.init(context);
        KeyValueStore<String, byte[]> entries = context.getStateStore(RouterTopology.ENTRIES);
        KeyValueStore<String, byte[]> ended = context.getStateStore(RouterTopology.ENDED);
        RuleStore rules = new RuleStore(context.getStateStore(RouterTopology.RULES), parts.codec());
        Scheduler core =
                new Scheduler(parts.router(), parts.scheduler(), parts.queue(), rules, id -> ended.get(id) != null);
        List<Entry> kept = restored(entries);
        core.restore(kept);
        LOG.info("Task {} begins with {} requests", context.taskId(), kept.size());
        scheduler = core;
        effects = new Effects(context, parts, rules, core);
        // Above all that this router sent before it came back, so that it knows its ticks from those.
        firstTick = context.currentSystemTimeMs();
        context.schedule(parts.tickEvery(), PunctuationType.WALL_CLOCK_TIME, this::tick);
    }

    private List<Entry> restored(KeyValueStore<String, byte[]> entries) {
        EntryCodec codec = new EntryCodec(parts.codec());
        List<Entry> kept = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> all = entries.all()) {
            all.forEachRemaining(each -> kept.add(codec.decode(each.value)));
        }
        return kept;
    }

    private void tick(long atMillis) {
        if (scheduler().needsTicks() && (scheduler().holdsRequests() || ticks % TICKS_OF_REST == 0)) {
            int partition = context().taskId().partition();
            long number = firstTick + ticks;
            scheduler().tickSent(number);
            RouterTicked tick = new RouterTicked(parts.router(), partition, number);
            Outgoing out =
                    new Outgoing(Topics.WORKERS.name(), partition, parts.codec().encode(tick));
            context().forward(new Record<>(new byte[0], out, atMillis));
        }
        if (ticks++ % TICKS_PER_SWEEP == 0) {
            effects().sweep(scheduler().nowMillis());
        }
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        String topic = context().recordMetadata().map(RecordMetadata::topic).orElse("");
        byte[] value = record.value();
        if (value == null) {
            return;
        }
        if (topic.equals(Topics.REQUESTS.name())) {
            read(Topics.REQUESTS, record).ifPresent(event -> onRequest(event, record));
        } else if (topic.equals(Topics.WORKERS.name())) {
            read(Topics.WORKERS, record).ifPresent(event -> onWorker(event, record));
        } else {
            String requestId = new String(value, StandardCharsets.UTF_8);
            act(scheduler().settled(requestId, record.timestamp()), record);
        }
    }

    private void onRequest(SpecificRecord event, Record<byte[], byte[]> record) {
        if (event instanceof CancelRequested cancel) {
            act(scheduler().cancel(cancel, record.timestamp()), record);
        } else if (event instanceof InferenceRequested request) {
            Optional<RequestId> id = placed(request.getRequestId());
            String model = request.getFacts().getModel();
            if (id.isEmpty()) {
                effects().deadLetter(record, "BAD_ID", "'" + request.getRequestId() + "' is no request id");
            } else if (record.key() == null || !model.equals(new String(record.key(), StandardCharsets.UTF_8))) {
                String message = "the request for '" + model + "' lies under another key";
                effects().deadLetter(record, "MISPLACED", message);
                act(scheduler().unreadable(id.get(), request.getFacts(), message, record.timestamp()), record);
            } else {
                long bytes = record.value().length;
                act(scheduler().request(id.get(), request, bytes, record.timestamp()), record);
            }
        }
    }

    private void onWorker(SpecificRecord event, Record<byte[], byte[]> record) {
        long atMillis = record.timestamp();
        if (event instanceof WorkerReported report && !isReachable(report)) {
            String message = report.getWorker() + " reads partitions " + report.getPartitions() + " of pool '"
                    + report.getPool() + "', which cannot be";
            effects().deadLetter(record, "MISPLACED", message);
        } else if (event instanceof WorkerReported report) {
            act(scheduler().report(report, atMillis), record);
        } else if (event instanceof WorkStarted started) {
            act(scheduler().started(started, atMillis), record);
        } else if (event instanceof WorkEnded end) {
            act(scheduler().ended(end, atMillis), record);
        } else if (event instanceof RouterTicked tick) {
            boolean own = tick.getRouter().equals(parts.router()) && tick.getSequence() >= firstTick;
            act(scheduler().tick(own ? tick.getSequence() : 0, atMillis), record);
            effects().showLoads();
        }
    }

    /** A reply to a partition that is not there would end the thread that writes it, whenever it is tried. */
    private static Optional<RequestId> placed(String requestId) {
        return RequestId.parse(requestId).filter(id -> id.replyPartition() < Topics.REPLIES.partitions());
    }

    /** So would an assignment. */
    private static boolean isReachable(WorkerReported report) {
        if (!Topics.isPool(report.getPool())) {
            return false;
        }
        int partitions = Topics.work(report.getPool()).partitions();
        return report.getPartitions().stream().allMatch(partition -> partition >= 0 && partition < partitions);
    }

    private Optional<SpecificRecord> read(Topic topic, Record<byte[], byte[]> record) {
        try {
            return Optional.of(EventReader.decode(topic, parts.codec(), record.value()));
        } catch (UnreadableEventException e) {
            String message = String.valueOf(e.getMessage());
            effects().deadLetter(record, e.reason().name(), message);
            if (topic.equals(Topics.REQUESTS)) {
                closeUnreadable(record, message);
            }
            return Optional.empty();
        }
    }

    /** The headers say whose it was, so that nobody waits for an answer that can't come. */
    private void closeUnreadable(Record<byte[], byte[]> record, String message) {
        Optional<RequestId> id =
                RequestHeaders.get(record.headers(), RequestHeaders.REQUEST_ID).flatMap(SchedulerTask::placed);
        if (id.isPresent() && record.key() != null) {
            RequestFacts facts = RequestFacts.newBuilder()
                    .setModel(new String(record.key(), StandardCharsets.UTF_8))
                    .setTenant(header(record, RequestHeaders.TENANT))
                    .setUser(header(record, RequestHeaders.USER))
                    .setKeyId(header(record, RequestHeaders.KEY_ID))
                    .build();
            act(scheduler().unreadable(id.get(), facts, message, record.timestamp()), record);
        }
    }

    private static String header(Record<byte[], byte[]> record, String name) {
        return RequestHeaders.get(record.headers(), name).orElse("");
    }

    private void act(List<Decision> decisions, Record<byte[], byte[]> record) {
        for (Decision decision : decisions) {
            effects().apply(decision, record);
        }
    }

    private Scheduler scheduler() {
        return Objects.requireNonNull(scheduler);
    }

    private Effects effects() {
        return Objects.requireNonNull(effects);
    }
}
