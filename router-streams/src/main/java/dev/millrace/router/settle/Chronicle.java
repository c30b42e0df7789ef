package dev.millrace.router.settle;

import dev.millrace.event.Accepted;
import dev.millrace.event.Chunk;
import dev.millrace.event.Closed;
import dev.millrace.event.Failed;
import dev.millrace.event.Finished;
import dev.millrace.event.Started;
import dev.millrace.event.TakenOver;
import dev.millrace.reply.RequestId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the settler knows of one reply partition.
 *
 * <p>It begins in the middle of the log, and it can't remember for ever. So it knows from where on it knows everything: a
 * request none of whose replies can lie before that place, and which it has not seen, has had none that count. For any
 * other one, an event that could own or end it is judged only after its history was read.
 */
final class Chronicle {

    private static final Logger LOG = LoggerFactory.getLogger(Chronicle.class);

    /** Each look back goes further than was asked for, twice as far each time, so that many old requests cost few. */
    private static final long FIRST_LOOK_BACK = 10_000;

    private static final long LONGEST_LOOK_BACK = 1L << 40;

    private final int partition;
    private final SettlerConfig config;
    private final History history;
    private final Map<String, Story> stories = new LinkedHashMap<>();
    private final Map<String, Long> ended = new HashMap<>();
    private final TreeMap<Long, String> endedAt = new TreeMap<>();
    private long knownFrom;
    private long lookBack = FIRST_LOOK_BACK;
    private long next;
    private long lastMillis;
    private int lookups;
    private int dropped;

    /** @param begin where reading begins */
    Chronicle(int partition, long begin, SettlerConfig config, History history) {
        this.partition = partition;
        this.knownFrom = begin;
        this.next = begin;
        this.config = config;
        this.history = history;
    }

    /** Takes the partition's next event; the settlement, if a request has ended with it. */
    Optional<Settlement> read(SpecificRecord event, long offset, long atMillis) {
        skip(offset);
        lastMillis = Math.max(lastMillis, atMillis);
        String requestId = requestId(event);
        if (ended.containsKey(requestId)) {
            return Optional.empty();
        }
        Story story = stories.get(requestId);
        if (story == null) {
            Optional<Story> begun = begin(requestId, event, offset);
            if (begun.isEmpty()) {
                return Optional.empty();
            }
            story = begun.get();
        }
        Optional<Settlement> end = story.read(event, offset, atMillis);
        if (end.isPresent()) {
            stories.remove(requestId);
            remember(requestId, offset);
        }
        return end;
    }

    /** An offset where nothing is to be read. */
    void skip(long offset) {
        next = Math.max(next, offset + 1);
    }

    /** Up to where everything is settled: reading again from here loses nothing. */
    long settledUpTo() {
        return stories.values().stream()
                .flatMapToLong(story -> story.ownedFrom().stream())
                .min()
                .orElse(next);
    }

    /** Gives up what has outlived every lifetime, so that it neither fills memory nor holds back the commit. */
    void expire() {
        stories.values().removeIf(story -> {
            boolean old = lastMillis - story.id().timeMillis() > config.maxOpenMillis();
            if (old) {
                knownFrom = Math.max(knownFrom, story.id().replyOffset() + 1);
            }
            if (old && story.ownedFrom().isPresent()) {
                LOG.warn("Request {} never ended, and is not waited for any more", story.id());
                dropped++;
            }
            return old;
        });
    }

    int open() {
        return (int) stories.values().stream()
                .filter(story -> story.ownedFrom().isPresent())
                .count();
    }

    int takeLookups() {
        int taken = lookups;
        lookups = 0;
        return taken;
    }

    int takeDropped() {
        int taken = dropped;
        dropped = 0;
        return taken;
    }

    private Optional<Story> begin(String requestId, SpecificRecord event, long offset) {
        boolean decides = event instanceof Started || event instanceof TakenOver || event instanceof Closed;
        RequestId id = RequestId.parse(requestId).orElse(null);
        if (id == null || id.replyPartition() != partition || !(decides || event instanceof Accepted)) {
            return Optional.empty();
        }
        if (id.replyOffset() < knownFrom) {
            if (!decides || hasEnded(id, offset)) {
                return Optional.empty();
            }
        }
        return Optional.of(stories.computeIfAbsent(requestId, unknown -> new Story(id)));
    }

    /** Reads what came before; what else is found on the way is known from now on. */
    private boolean hasEnded(RequestId wanted, long offset) {
        lookups++;
        long from = Math.max(0, Math.min(wanted.replyOffset(), knownFrom - lookBack));
        lookBack = Math.min(2 * lookBack, LONGEST_LOOK_BACK);
        Map<String, Story> found = new LinkedHashMap<>();
        TreeMap<Long, String> foundEnds = new TreeMap<>();
        Map<String, Long> over = new HashMap<>();
        history.read(partition, from, offset, (event, at, atMillis) -> {
            String requestId = requestId(event);
            if (stories.containsKey(requestId) || ended.containsKey(requestId) || over.containsKey(requestId)) {
                return;
            }
            RequestId id = RequestId.parse(requestId).orElse(null);
            if (id == null || id.replyPartition() != partition || (id.replyOffset() < from && !id.equals(wanted))) {
                return;
            }
            Story story = found.computeIfAbsent(requestId, unknown -> new Story(id));
            if (story.read(event, at, atMillis).isPresent()) {
                found.remove(requestId);
                foundEnds.put(at, requestId);
                over.put(requestId, at);
            }
        });
        knownFrom = Math.min(knownFrom, from);
        stories.putAll(found);
        foundEnds.forEach((at, requestId) -> remember(requestId, at));
        return over.containsKey(wanted.toString());
    }

    private void remember(String requestId, long offset) {
        ended.put(requestId, offset);
        endedAt.put(offset, requestId);
        while (ended.size() > config.maxRemembered()) {
            Map.Entry<Long, String> oldest = endedAt.pollFirstEntry();
            ended.remove(oldest.getValue());
            knownFrom = Math.max(knownFrom, oldest.getKey() + 1);
        }
    }

    private static String requestId(SpecificRecord event) {
        if (event instanceof Chunk chunk) {
            return chunk.getRequestId();
        }
        if (event instanceof Accepted accepted) {
            return accepted.getRequestId();
        }
        if (event instanceof Started started) {
            return started.getRequestId();
        }
        if (event instanceof TakenOver taken) {
            return taken.getRequestId();
        }
        if (event instanceof Finished finished) {
            return finished.getRequestId();
        }
        if (event instanceof Failed failed) {
            return failed.getRequestId();
        }
        return event instanceof Closed closed ? closed.getRequestId() : "";
    }
}
