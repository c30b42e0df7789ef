package dev.millrace.ingress.reply;

import dev.millrace.event.ChoiceRecord;
import dev.millrace.reply.Answer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/** The vectors of an answer as JSON. */
final class EmbeddingJson {

    private static final int AROUND_CHARS = 64;
    private static final int BASE64_CHARS = 6;
    private static final int NUMBER_CHARS = 13;
    private static final int MOST_ROOM_CHARS = 256 << 20;

    private EmbeddingJson() {}

    /** @param base64 whether vectors are their bytes and not numbers */
    static byte[] of(String model, boolean base64, Answer answer, Tally tally) {
        List<ChoiceRecord> vectors = answer.choices();
        StringBuilder json = new StringBuilder(room(vectors, base64)).append("{\"object\":\"list\",\"data\":[");
        for (int i = 0; i < vectors.size(); i++) {
            json.append(i == 0 ? "" : ",").append("{\"object\":\"embedding\",\"index\":");
            json.append(vectors.get(i).getIndex()).append(",\"embedding\":");
            ByteBuffer vector = vector(vectors.get(i));
            if (base64) {
                bytes(json, vector.duplicate());
            } else {
                numbers(json, vector.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
            }
            json.append('}');
        }
        Json.member(json.append("],"), "model", model);
        json.append(",\"usage\":{\"prompt_tokens\":")
                .append(tally.prompt())
                .append(",\"total_tokens\":")
                .append(tally.prompt())
                .append("}}");
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Vectors are long, so that growing to hold them step by step would cost more than writing them. */
    private static int room(List<ChoiceRecord> vectors, boolean base64) {
        long bytes = vectors.stream().mapToLong(one -> vector(one).remaining()).sum();
        long room = AROUND_CHARS * (vectors.size() + 1L) + bytes * (base64 ? BASE64_CHARS : NUMBER_CHARS) / Float.BYTES;
        return (int) Math.min(room, MOST_ROOM_CHARS);
    }

    private static ByteBuffer vector(ChoiceRecord one) {
        return Objects.requireNonNull(one.getEmbedding(), "a vector that is none");
    }

    private static void bytes(StringBuilder json, ByteBuffer vector) {
        byte[] text = Base64.getEncoder().encode(vector).array();
        json.append('"').append(new String(text, StandardCharsets.ISO_8859_1)).append('"');
    }

    private static void numbers(StringBuilder json, FloatBuffer vector) {
        json.append('[');
        while (vector.hasRemaining()) {
            json.append(vector.get()).append(vector.hasRemaining() ? "," : "");
        }
        json.append(']');
    }
}
