package dev.millrace.topic;

import dev.millrace.topic.UnreadableEventException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/** Events to bytes and back, in Avro's single-object encoding. Safe for many threads. */
public final class EventCodec {

    static {
        AvroLimits.set();
    }

    /** Every event of the catalogue. */
    public static final List<Class<? extends SpecificRecord>> EVENTS = Stream.concat(
                    Topics.FIXED.stream(), Stream.of(Topics.work("any")))
            .flatMap(topic -> topic.events().stream())
            .distinct()
            .collect(Collectors.toUnmodifiableList());

    private static final byte[] MARKER = {(byte) 0xC3, (byte) 0x01};
    private static final int HEADER_BYTES = MARKER.length + Long.BYTES;

    private static final Map<String, Schema> BY_NAME = EVENTS.stream()
            .map(SpecificData.get()::getSchema)
            .collect(Collectors.toUnmodifiableMap(Schema::getFullName, Function.identity()));
    private static final Map<Long, Schema> BY_FINGERPRINT = BY_NAME.values().stream()
            .collect(Collectors.toUnmodifiableMap(EventCodec::fingerprint, Function.identity()));

    private final SchemaLookup lookup;
    private final Map<String, Writer> writers = new ConcurrentHashMap<>();
    private final Map<Long, Schema> foreign = new ConcurrentHashMap<>();

    public EventCodec(SchemaLookup lookup) {
        this.lookup = lookup;
    }

    public static long fingerprint(Schema schema) {
        return SchemaNormalization.parsingFingerprint64(schema);
    }

    public byte[] encode(SpecificRecord event) {
        Writer writer = writers.computeIfAbsent(event.getSchema().getFullName(), name -> Writer.of(event.getSchema()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        bytes.writeBytes(writer.header);
        try {
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            writer.datum.write(event, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public SpecificRecord decode(byte[] bytes) throws UnreadableEventException {
        if (bytes.length < HEADER_BYTES || bytes[0] != MARKER[0] || bytes[1] != MARKER[1]) {
            throw new UnreadableEventException(Reason.NO_EVENT, "not a single-object encoded event");
        }
        long fingerprint = ByteBuffer.wrap(bytes, MARKER.length, Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        Schema written = writerSchema(fingerprint);
        Schema present = BY_NAME.get(written.getFullName());
        if (present == null) {
            throw new UnreadableEventException(Reason.UNKNOWN_EVENT, "no such event: " + written.getFullName());
        }
        try {
            SpecificDatumReader<SpecificRecord> reader = new SpecificDatumReader<>(written, present);
            return reader.read(
                    null, DecoderFactory.get().binaryDecoder(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, null));
        } catch (IOException | RuntimeException e) {
            throw new UnreadableEventException(Reason.CORRUPT, "not a readable " + written.getName() + ": " + e, e);
        }
    }

    private Schema writerSchema(long fingerprint) throws UnreadableEventException {
        Schema known = BY_FINGERPRINT.get(fingerprint);
        if (known == null) {
            known = foreign.get(fingerprint);
        }
        if (known == null) {
            known = lookup.find(fingerprint)
                    .orElseThrow(() -> new UnreadableEventException(
                            Reason.UNKNOWN_FINGERPRINT,
                            "nobody announced the schema with fingerprint " + Long.toHexString(fingerprint)));
            foreign.put(fingerprint, known);
        }
        return known;
    }

    private record Writer(byte[] header, SpecificDatumWriter<SpecificRecord> datum) {

        static Writer of(Schema schema) {
            byte[] header = ByteBuffer.allocate(HEADER_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(MARKER)
                    .putLong(fingerprint(schema))
                    .array();
            return new Writer(header, new SpecificDatumWriter<>(schema));
        }
    }
}
