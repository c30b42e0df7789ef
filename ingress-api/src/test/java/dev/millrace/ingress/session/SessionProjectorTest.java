package dev.millrace.ingress.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.event.ChoiceRecord;
import dev.millrace.event.CompletionRecorded;
import dev.millrace.event.DeadLettered;
import dev.millrace.event.Outcome;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.ToolCallDelta;
import dev.millrace.session.Session;
import dev.millrace.session.SessionConfig;
import dev.millrace.session.SessionException;
import dev.millrace.session.SessionKey;
import dev.millrace.session.SessionStore;
import dev.millrace.session.TurnEnd;
import dev.millrace.session.TurnStart;
import dev.millrace.session.memory.MemorySessionStore;
import dev.millrace.topic.DeadLetters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.SchemaLookup;
import dev.millrace.topic.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionProjectorTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.COMPLETIONS.name(), 2);
    private static final SessionKey KEY = new SessionKey("tenant", "user", "s");
    private static final SessionConfig CONFIG =
            new SessionConfig(SessionConfig.MEMORY, 3_600_000, 30_000, 5000, 16, 1000, 2 << 20, 100);

    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);
    private final MockProducer<byte[], byte[]> letters =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final Store store = new Store();
    private final SessionProjector projector =
            new SessionProjector(() -> consumer, codec, store, new DeadLetters("test", codec, letters));
    private long offset;

    /** A memory that may be away. */
    private static final class Store implements SessionStore {
        private final SessionStore memory = new MemorySessionStore(CONFIG, Clock.systemUTC());
        private final AtomicInteger refused = new AtomicInteger();
        private volatile boolean away;

        @Override
        public TurnStart begin(SessionKey key, String requestId, List<String> messages) {
            return memory.begin(key, requestId, messages);
        }

        @Override
        public boolean hold(SessionKey key, String requestId, Duration lease) {
            return memory.hold(key, requestId, lease);
        }

        @Override
        public boolean end(SessionKey key, String requestId, TurnEnd end) {
            if (away) {
                refused.incrementAndGet();
                throw new SessionException(SessionException.Error.UNAVAILABLE, "away");
            }
            return memory.end(key, requestId, end);
        }

        @Override
        public List<String> context(SessionKey key) {
            return memory.context(key);
        }

        @Override
        public Session read(SessionKey key) {
            return memory.read(key);
        }

        @Override
        public void delete(SessionKey key) {
            memory.delete(key);
        }

        @Override
        public List<Session> list(String tenant, String user, int limit) {
            return memory.list(tenant, user, limit);
        }

        @Override
        public Optional<String> probe() {
            return Optional.empty();
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    @BeforeEach
    void start() {
        consumer.schedulePollTask(() -> {
            consumer.rebalance(List.of(PARTITION));
            consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        });
        projector.start();
        await().atMost(SOON).until(() -> consumer.assignment().contains(PARTITION));
    }

    @AfterEach
    void stop() throws InterruptedException {
        projector.stop();
    }

    private void add(byte[] value) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), offset++, new byte[0], value);
        consumer.schedulePollTask(() -> consumer.addRecord(record));
    }

    private void add(String requestId, @Nullable String sessionId, Outcome outcome, String text) {
        add(requestId, sessionId, outcome, new ChoiceRecord(0, text, "", List.of(), "stop", null, null));
    }

    private void add(String requestId, @Nullable String sessionId, Outcome outcome, ChoiceRecord choice) {
        RequestFacts facts = RequestFacts.newBuilder()
                .setModel("echo")
                .setTenant("tenant")
                .setUser("user")
                .setSessionId(sessionId)
                .build();
        add(codec.encode(new CompletionRecorded(
                requestId, facts, outcome, null, "local", "p", "w", 1, 5, 0, 2, 0, 1L, null, 2L, List.of(choice))));
    }

    private long committed() {
        OffsetAndMetadata at = consumer.committed(Set.of(PARTITION)).get(PARTITION);
        return at == null ? 0 : at.offset();
    }

    @Test
    void endsTheTurnOfADoorThatDiedAndChangesNothingTheSecondTime() {
        store.begin(KEY, "r1", List.of("{\"role\":\"user\"}"));
        add("r0", null, Outcome.COMPLETED, "nobody's");
        add("r1", "s", Outcome.COMPLETED, "Hello");
        add("r1", "s", Outcome.COMPLETED, "Hello");
        await().atMost(SOON).until(() -> committed() == 3);
        assertThat(store.context(KEY))
                .containsExactly("{\"role\":\"user\"}", "{\"role\":\"assistant\",\"content\":\"Hello\"}");
        assertThat(store.read(KEY).status()).isEqualTo(Session.Status.IDLE);
    }

    @Test
    void aCallThatWasCutOffIsNoCall() {
        List<ToolCallDelta> calls = List.of(
                new ToolCallDelta(0, "call_0", "f", "{\"x\":1}"), new ToolCallDelta(1, "call_1", "f", "{\"x\":\"Par"));
        store.begin(KEY, "r1", List.of("{}"));
        add("r1", "s", Outcome.COMPLETED, new ChoiceRecord(0, "", "", calls, "length", null, null));
        await().atMost(SOON).until(() -> committed() == 1);
        assertThat(store.context(KEY).get(1)).contains("call_0").doesNotContain("call_1");

        store.begin(KEY, "r2", List.of("{}"));
        add("r2", "s", Outcome.COMPLETED, new ChoiceRecord(0, "", "", calls.subList(1, 2), "length", null, null));
        await().atMost(SOON).until(() -> committed() == 2);
        assertThat(store.context(KEY).get(3)).isEqualTo("{\"role\":\"assistant\",\"content\":\"\"}");

        store.begin(KEY, "r3", List.of("{}"));
        add("r3", "s", Outcome.COMPLETED, new ChoiceRecord(0, "", "", calls, "tool_calls", null, null));
        await().atMost(SOON).until(() -> committed() == 3);
        assertThat(store.context(KEY).get(5)).contains("call_0", "call_1");
    }

    @Test
    void whatCanNeverBeProjectedIsPutAsideAndHoldsNobodyUp() throws Exception {
        store.begin(KEY, "r1", List.of("{}"));
        add(new byte[] {1, 2, 3});
        add("r0", "a\nb", Outcome.COMPLETED, "x");
        add("r1", "s", Outcome.CANCELLED, "Hel");
        await().atMost(SOON).until(() -> committed() == 3);
        assertThat(store.context(KEY)).hasSize(2);

        assertThat(letters.history()).hasSize(2);
        DeadLettered garbage =
                (DeadLettered) codec.decode(letters.history().get(0).value());
        assertThat(garbage.getTopic()).isEqualTo(Topics.COMPLETIONS.name());
        assertThat(garbage.getPartition()).isEqualTo(2);
        assertThat(garbage.getOffset()).isZero();
        assertThat(garbage.getCause()).isEqualTo("NO_EVENT");
        DeadLettered senseless =
                (DeadLettered) codec.decode(letters.history().get(1).value());
        assertThat(senseless.getOffset()).isEqualTo(1);
        assertThat(senseless.getCause()).isEqualTo("NOT_PROJECTED");
    }

    @Test
    void waitsForAStoreThatIsAwayAndLeavesNothingOut() {
        store.begin(KEY, "r1", List.of("{}"));
        store.away = true;
        add("r1", "s", Outcome.COMPLETED, "Hello");
        await().atMost(SOON).until(() -> store.refused.get() > 0);
        assertThat(committed()).isZero();
        store.away = false;
        // The stand-in for Kafka gives a record once; it takes it again only where reading went back to it.
        offset = 0;
        add("r1", "s", Outcome.COMPLETED, "Hello");
        await().atMost(SOON).until(() -> committed() == 1);
        assertThat(store.context(KEY)).hasSize(2);
    }
}
