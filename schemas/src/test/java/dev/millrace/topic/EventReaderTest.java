package dev.millrace.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.event.CancelRequested;
import dev.millrace.event.Finished;
import dev.millrace.reply.RequestId;
import dev.millrace.reply.RequestIds;
import dev.millrace.topic.UnreadableEventException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventReaderTest {

    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);
    private final RequestIds ids = new RequestIds("a secret for tests only", new Random(1));
    private final RequestId id = ids.mint(1_800_000_000_000L, 3, 0);

    private SpecificRecord reply(int partition, @Nullable String key, String requestId)
            throws UnreadableEventException {
        return decode(Topics.REPLIES, partition, key, new Finished(requestId, 1, "w", 0, 0));
    }

    private SpecificRecord decode(Topic topic, int partition, @Nullable String key, SpecificRecord event)
            throws UnreadableEventException {
        byte[] bytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        return EventReader.decode(
                topic, codec, new ConsumerRecord<>(topic.name(), partition, 0, bytes, codec.encode(event)));
    }

    @Test
    void aReplyIsReadWhereItsRequestsIdSays() throws Exception {
        assertThat(reply(3, id.toString(), id.toString())).isInstanceOf(Finished.class);
    }

    @Test
    void aReplyThatLiesElsewhereCountsForNobody() {
        String other = ids.mint(1_800_000_000_000L, 3, 0).toString();
        for (String key : new String[] {other, null, ""}) {
            assertMisplaced(3, key, id.toString());
        }
        assertMisplaced(4, id.toString(), id.toString());
        assertMisplaced(3, "no id", "no id");
    }

    private void assertMisplaced(int partition, @Nullable String key, String requestId) {
        assertThatThrownBy(() -> reply(partition, key, requestId))
                .isInstanceOfSatisfying(UnreadableEventException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.MISPLACED));
    }

    @Test
    void otherTopicsHaveOtherKeys() throws Exception {
        SpecificRecord cancel = new CancelRequested(id.toString(), "echo", "gone");
        assertThat(decode(Topics.REQUESTS, 0, "echo", cancel)).isEqualTo(cancel);
        assertThatThrownBy(() -> decode(Topics.REPLIES, 3, id.toString(), cancel))
                .isInstanceOf(UnreadableEventException.class)
                .hasMessageContaining("does not belong");
    }
}
