package dev.millrace.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.DeadLettered;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class DeadLettersTest {

    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);

    private static DeadLettered letter(byte[] key, byte[] value, String requestId, String message) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(Topics.REPLIES.name(), 3, 7, key, value);
        RequestHeaders.put(record.headers(), RequestHeaders.REQUEST_ID, requestId);
        return DeadLetters.letter("tests", record, "NO_EVENT", message);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aLetterHasAllOfASmallRecord() {
        DeadLettered letter = letter(bytes("key"), bytes("value"), "id", "not readable");

        assertThat(letter.getKey()).isEqualTo(ByteBuffer.wrap(bytes("key")));
        assertThat(letter.getValue()).isEqualTo(ByteBuffer.wrap(bytes("value")));
        assertThat(letter.getValueLength()).isEqualTo(5);
        assertThat(letter.getRequestId()).isEqualTo("id");
        assertThat(letter.getMessage()).isEqualTo("not readable");
    }

    @Test
    void aLetterHasPlaceInTheLogHoweverLargeEachPartOfItsRecordIs() {
        byte[] large = new byte[Limits.MAX_RECORD_BYTES];
        String text = "x".repeat(Limits.MAX_RECORD_BYTES);

        assertThat(codec.encode(letter(large, bytes("value"), "id", "message"))).hasSizeLessThan(1 << 20);
        assertThat(codec.encode(letter(bytes("key"), large, "id", "message"))).hasSizeLessThan(1 << 20);
        assertThat(codec.encode(letter(bytes("key"), bytes("value"), text, "message")))
                .hasSizeLessThan(1 << 20);
        assertThat(codec.encode(letter(bytes("key"), bytes("value"), "id", text)))
                .hasSizeLessThan(1 << 20);
    }
}
