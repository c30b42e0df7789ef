package dev.millrace.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.event.CancelRequested;
import dev.millrace.event.Finished;
import dev.millrace.topic.UnreadableEventException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.api.Test;

class EventCodecTest {

    private static final Schema NEWER_FINISHED = new Schema.Parser().parse("""
                    {"type":"record","namespace":"dev.millrace.event","name":"Finished","fields":[
                      {"name":"requestId","type":"string"},{"name":"attempt","type":"int"},
                      {"name":"worker","type":"string"},{"name":"chunks","type":"int"},
                      {"name":"tokens","type":"int"},{"name":"mood","type":"string","default":"calm"}]}""");

    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);

    private static byte[] newerFinished() throws IOException {
        GenericData.Record record = new GenericData.Record(NEWER_FINISHED);
        record.put("requestId", "r");
        record.put("attempt", 3);
        record.put("worker", "w");
        record.put("chunks", 4);
        record.put("tokens", 5);
        record.put("mood", "merry");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new BinaryMessageEncoder<>(GenericData.get(), NEWER_FINISHED).encode(record, bytes);
        return bytes.toByteArray();
    }

    private static Reason reasonOf(EventCodec codec, byte[] bytes) {
        try {
            codec.decode(bytes);
            throw new AssertionError("was read");
        } catch (UnreadableEventException e) {
            return e.reason();
        }
    }

    @Test
    void readsBackWhatItWrote() throws Exception {
        CancelRequested event = new CancelRequested("r", "echo", "客户端离开");
        assertThat(codec.decode(codec.encode(event))).isEqualTo(event);
    }

    @Test
    void readsBackEveryEventWithRandomContent() throws Exception {
        for (Class<?> type : EventCodec.EVENTS) {
            Schema schema = SpecificData.get().getSchema(type);
            for (Object random : new RandomData(schema, 20, 1L)) {
                Object event = SpecificData.get().deepCopy(schema, random);
                byte[] bytes = codec.encode((SpecificRecord) event);
                SpecificRecord read = codec.decode(bytes);
                assertThat(codec.decode(codec.encode(read))).isEqualTo(read);
            }
        }
    }

    @Test
    void writesAvrosSingleObjectEncoding() throws Exception {
        Finished event = new Finished("r", 1, "w", 2, 3);
        byte[] bytes = codec.encode(event);
        assertThat(bytes).isEqualTo(Finished.getEncoder().encode(event).array());
    }

    @Test
    void readsANewerWritersEventOnceItsSchemaIsKnown() throws Exception {
        EventCodec reader = new EventCodec(fingerprint ->
                fingerprint == EventCodec.fingerprint(NEWER_FINISHED) ? Optional.of(NEWER_FINISHED) : Optional.empty());
        assertThat(reader.decode(newerFinished())).isEqualTo(new Finished("r", 3, "w", 4, 5));
    }

    @Test
    void tellsAnUnknownFingerprint() throws Exception {
        assertThat(reasonOf(codec, newerFinished())).isEqualTo(Reason.UNKNOWN_FINGERPRINT);
    }

    @Test
    void tellsWhatIsNoEventAtAll() {
        assertThat(reasonOf(codec, new byte[0])).isEqualTo(Reason.NO_EVENT);
        assertThat(reasonOf(codec, "{\"json\":true}".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isEqualTo(Reason.NO_EVENT);
        assertThat(reasonOf(codec, new byte[] {(byte) 0xC3, 1, 0, 0})).isEqualTo(Reason.NO_EVENT);
    }

    @Test
    void tellsAnEventThatIsNoneOfOurs() {
        Schema other = new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"x.Other\",\"fields\":[]}");
        EventCodec reader = new EventCodec(fingerprint -> Optional.of(other));
        byte[] bytes = codec.encode(new Finished("r", 1, "w", 2, 3));
        bytes[2]++;
        assertThat(reasonOf(reader, bytes)).isEqualTo(Reason.UNKNOWN_EVENT);
    }

    @Test
    void tellsATruncatedEvent() {
        byte[] bytes = codec.encode(new Finished("request", 1, "worker", 2, 3));
        for (int length = 10; length < bytes.length; length++) {
            assertThat(reasonOf(codec, Arrays.copyOf(bytes, length))).isEqualTo(Reason.CORRUPT);
        }
    }

    @Test
    void neverFailsOtherwiseWhateverTheBytes() {
        Random random = new Random(5);
        byte[] good = codec.encode(new Finished("request", 1, "worker", 2, 3));
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = good.clone();
            for (int flips = random.nextInt(4) + 1; flips > 0; flips--) {
                bytes[10 + random.nextInt(bytes.length - 10)] = (byte) random.nextInt(256);
            }
            try {
                codec.decode(bytes);
            } catch (UnreadableEventException e) {
                assertThat(e.reason()).isEqualTo(Reason.CORRUPT);
            }
        }
    }

    @Test
    void aTopicTakesOnlyItsOwnEvents() {
        byte[] bytes = codec.encode(new Finished("r", 1, "w", 2, 3));
        assertThatThrownBy(() -> EventReader.decode(Topics.REQUESTS, codec, bytes))
                .isInstanceOf(UnreadableEventException.class)
                .hasMessageContaining("Finished")
                .hasMessageContaining("millrace.requests");
    }
}
