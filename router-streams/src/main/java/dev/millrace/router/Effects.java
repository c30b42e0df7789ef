package dev.millrace.router;

import dev.millrace.event.Accepted;
import dev.millrace.event.DeadLettered;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.WorkAssigned;
import dev.millrace.reply.RequestId;
import dev.millrace.router.schedule.Decision;
import dev.millrace.router.schedule.Decision.Accept;
import dev.millrace.router.schedule.Decision.Assign;
import dev.millrace.router.schedule.Decision.Close;
import dev.millrace.router.schedule.Decision.Condemn;
import dev.millrace.router.schedule.Decision.Forget;
import dev.millrace.router.schedule.Decision.KeepAgain;
import dev.millrace.router.schedule.Decision.Lost;
import dev.millrace.router.schedule.Decision.Remember;
import dev.millrace.router.schedule.Decision.Save;
import dev.millrace.router.schedule.Decision.Stop;
import dev.millrace.router.schedule.Entry;
import dev.millrace.router.schedule.Load;
import dev.millrace.router.schedule.Rulebook;
import dev.millrace.router.schedule.Scheduler;
import dev.millrace.topic.RequestHeaders;
import dev.millrace.topic.Topics;
import dev.millrace.topic.UnreadableEventException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what the scheduler decided: keeps state, writes records, counts. */
final class Effects {

    private static final Logger LOG = LoggerFactory.getLogger(Effects.class);
    private static final byte[] ENDED = {1};
    private static final int MAX_SWEPT = 10_000;
    private static final String UNKNOWN = "unknown";

    private final ProcessorContext<byte[], Outgoing> context;
    private final RouterTopology.Parts parts;
    private final Rulebook rules;
    private final Scheduler scheduler;
    private final EntryCodec entryCodec;
    private final KeyValueStore<String, byte[]> entries;
    private final KeyValueStore<String, byte[]> bodies;
    private final KeyValueStore<String, byte[]> ended;
    private Set<String> shown = new HashSet<>();

    Effects(
            ProcessorContext<byte[], Outgoing> context,
            RouterTopology.Parts parts,
            Rulebook rules,
            Scheduler scheduler) {
        this.context = context;
        this.parts = parts;
        this.rules = rules;
        this.scheduler = scheduler;
        this.entryCodec = new EntryCodec(parts.codec());
        this.entries = context.getStateStore(RouterTopology.ENTRIES);
        this.bodies = context.getStateStore(RouterTopology.BODIES);
        this.ended = context.getStateStore(RouterTopology.ENDED);
    }

    /** @param cause the record that led to the decision */
    void apply(Decision decision, Record<byte[], byte[]> cause) {
        if (decision instanceof Save save) {
            entries.put(save.entry().id(), entryCodec.encode(save.entry()));
        } else if (decision instanceof Accept accept) {
            accept(accept, cause);
        } else if (decision instanceof KeepAgain again) {
            // A crash may have come between what two stores kept, but then the request is read again.
            bodies.putIfAbsent(again.request().getRequestId(), cause.value());
        } else if (decision instanceof Assign assign) {
            assign(assign, cause.timestamp());
        } else if (decision instanceof Close close) {
            parts.meters().count(RouterMeter.CLOSED, 1, close.event().getCause().name());
            reply(close.id(), close.event(), cause.timestamp());
        } else if (decision instanceof Stop stop) {
            byte[] worker = bytes(stop.event().getWorker());
            write(Topics.CONTROLS.name(), 0, worker, stop.event(), new RecordHeaders(), cause.timestamp());
        } else if (decision instanceof Forget forget) {
            entries.delete(forget.requestId());
            bodies.delete(forget.requestId());
            ended.put(forget.requestId(), ENDED);
        } else if (decision instanceof Remember remember) {
            bodies.delete(remember.requestId());
            ended.put(remember.requestId(), ENDED);
        } else if (decision instanceof Condemn condemn) {
            condemn(condemn, cause.timestamp());
        } else if (decision instanceof Lost lost) {
            parts.meters()
                    .count(RouterMeter.LOST, 1, label(lost.model()), lost.loss().name());
        }
    }

    private void accept(Accept accept, Record<byte[], byte[]> cause) {
        InferenceRequested request = accept.request();
        bodies.put(request.getRequestId(), cause.value());
        parts.meters().count(RouterMeter.ACCEPTED, 1, label(request.getFacts().getModel()));
        reply(accept.id(), new Accepted(request.getRequestId(), 0, parts.router()), cause.timestamp());
    }

    private void assign(Assign assign, long atMillis) {
        Entry entry = assign.entry();
        byte[] body = bodies.get(entry.id());
        if (body == null) {
            LOG.error("The body of request {} is not there; it can't be given to {}", entry.id(), assign.to());
            return;
        }
        WorkAssigned work = new WorkAssigned(
                entry.id(),
                entry.attempt(),
                assign.to().worker(),
                assign.to().number(),
                assign.to().pool(),
                assign.to().provider(),
                assign.nowMillis(),
                assign.alone(),
                request(body));
        parts.meters()
                .count(
                        RouterMeter.ASSIGNED,
                        1,
                        label(entry.ticket().model()),
                        assign.to().pool());
        String topic = Topics.work(assign.to().pool()).name();
        write(
                topic,
                assign.partition(),
                bytes(entry.id()),
                work,
                headers(entry.ticket().id()),
                atMillis);
    }

    private InferenceRequested request(byte[] body) {
        try {
            return (InferenceRequested) parts.codec().decode(body);
        } catch (UnreadableEventException e) {
            throw new IllegalStateException("a body that was readable before", e);
        }
    }

    private void condemn(Condemn condemn, long atMillis) {
        Entry entry = condemn.entry();
        byte[] body = bodies.get(entry.id());
        byte[] value = body == null ? new byte[0] : body;
        LOG.warn("Request {}: {}", entry.id(), condemn.message());
        DeadLettered letter = DeadLettered.newBuilder()
                .setTopic(Topics.REQUESTS.name())
                .setPartition(context.taskId().partition())
                .setOffset(-1)
                .setCause("CONDEMNED")
                .setMessage(condemn.message())
                .setRequestId(entry.id())
                .setService(Letters.SERVICE)
                .setKey(ByteBuffer.wrap(bytes(entry.ticket().model())))
                .setValue(ByteBuffer.wrap(value, 0, Math.min(value.length, 64 << 10)))
                .setValueLength(value.length)
                .build();
        deadLetter(letter, "CONDEMNED", atMillis);
    }

    void deadLetter(Record<byte[], byte[]> record, String cause, String message) {
        LOG.warn("A record was put aside: {}", message);
        deadLetter(Letters.of(context, record, cause, message), cause, record.timestamp());
    }

    private void deadLetter(DeadLettered letter, String cause, long atMillis) {
        parts.meters().count(RouterMeter.DEAD_LETTERS, 1, cause);
        Outgoing out =
                new Outgoing(Topics.DEAD_LETTERS.name(), null, parts.codec().encode(letter));
        context.forward(new Record<>(new byte[0], out, atMillis, new RecordHeaders()));
    }

    private void reply(RequestId id, SpecificRecord event, long atMillis) {
        write(Topics.REPLIES.name(), id.replyPartition(), bytes(id.toString()), event, headers(id), atMillis);
    }

    private static Headers headers(RequestId id) {
        Headers headers = new RecordHeaders();
        RequestHeaders.put(headers, RequestHeaders.REQUEST_ID, id.toString());
        RequestHeaders.put(headers, RequestHeaders.REPLY_PARTITION, Integer.toString(id.replyPartition()));
        return headers;
    }

    private void write(String topic, int partition, byte[] key, SpecificRecord event, Headers headers, long atMillis) {
        Outgoing out = new Outgoing(topic, partition, parts.codec().encode(event));
        context.forward(new Record<>(key, out, atMillis, headers));
    }

    /** Drops ids that are old enough; they lie in the order of their time. */
    void sweep(long nowMillis) {
        long keepFromMillis = nowMillis - parts.scheduler().tombstoneMillis();
        try (KeyValueIterator<String, byte[]> oldest = ended.all()) {
            for (int swept = 0; swept < MAX_SWEPT && oldest.hasNext(); swept++) {
                String requestId = oldest.next().key;
                boolean isYoung = RequestId.parse(requestId)
                        .map(id -> id.timeMillis() >= keepFromMillis)
                        .orElse(false);
                if (isYoung) {
                    return;
                }
                ended.delete(requestId);
            }
        }
    }

    void showLoads() {
        Set<String> now = new HashSet<>();
        for (Load load : scheduler.loads()) {
            if (load.workers() > 0 || rules.isKnown(load.model())) {
                now.add(load.model());
                show(load);
            }
        }
        shown.removeAll(now);
        shown.forEach(gone -> show(new Load(gone, 0, 0, 0, 0, 0, 0)));
        shown = now;
    }

    private void show(Load load) {
        parts.meters().set(RouterMeter.QUEUE_DEPTH, load.waiting(), load.model());
        parts.meters().set(RouterMeter.QUEUE_AGE, load.oldestWaitMillis() / 1000.0, load.model());
        parts.meters().set(RouterMeter.TOKEN_BACKLOG, load.tokenBacklog(), load.model());
        parts.meters().set(RouterMeter.WORKERS, load.workers(), load.model());
        parts.meters().set(RouterMeter.WORKER_SLOTS, load.slots(), load.model());
        parts.meters().set(RouterMeter.RUNNING, load.running(), load.model());
    }

    /** Names that a client made up must not become series. */
    private String label(String model) {
        return rules.isKnown(model) ? model : UNKNOWN;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
