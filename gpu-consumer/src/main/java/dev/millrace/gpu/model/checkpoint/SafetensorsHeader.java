package dev.millrace.gpu.model.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.gpu.model.checkpoint.CheckpointException.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: eight bytes of length, that much JSON, then the tensors' bytes. Everything it says is
 * checked against the file, since what is mapped later is read without further questions.
 */
final class SafetensorsHeader {

    /** As the format's own reader has it. */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private SafetensorsHeader() {}

    /** The file's tensors, in the order in which they lie. */
    static List<TensorPlace> read(Path file) {
        JsonFile.require(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            long length = headerBytes(file, channel, size);
            byte[] json = new byte[Math.toIntExact(length)];
            fill(file, channel, ByteBuffer.wrap(json), 8);
            List<TensorPlace> places = places(file, JsonFile.object("header of " + name(file), json), 8 + length);
            places.sort(Comparator.comparingLong(TensorPlace::begin).thenComparingLong(TensorPlace::end));
            checkCover(file, places, 8 + length, size);
            return places;
        } catch (IOException e) {
            throw new CheckpointException(Fault.UNREADABLE_FILE, name(file) + " cannot be read: " + e);
        }
    }

    private static long headerBytes(Path file, FileChannel channel, long size) throws IOException {
        if (size < 8) {
            throw new CheckpointException(Fault.TRUNCATED_FILE, name(file) + " ends within its first 8 bytes");
        }
        ByteBuffer eight = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        fill(file, channel, eight, 0);
        long length = eight.flip().getLong();
        if (length < 2 || length > MAX_HEADER_BYTES) {
            throw new CheckpointException(
                    Fault.FALSE_HEADER, name(file) + " gives its header a length of " + Long.toUnsignedString(length));
        }
        if (length > size - 8) {
            throw new CheckpointException(
                    Fault.TRUNCATED_FILE,
                    "%s ends within its header: %d bytes, %d announced".formatted(name(file), size, 8 + length));
        }
        return length;
    }

    private static void fill(Path file, FileChannel channel, ByteBuffer into, long from) throws IOException {
        long at = from;
        while (into.hasRemaining()) {
            int read = channel.read(into, at);
            if (read < 0) {
                throw new CheckpointException(Fault.TRUNCATED_FILE, name(file) + " ends within its header");
            }
            at += read;
        }
    }

    private static List<TensorPlace> places(Path file, JsonNode header, long dataStart) {
        List<TensorPlace> places = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                places.add(place(file, entry.getKey(), entry.getValue(), dataStart));
            }
        }
        return places;
    }

    private static TensorPlace place(Path file, String tensor, JsonNode entry, long dataStart) {
        ElementType type = type(file, tensor, entry.path("dtype"));
        List<Long> shape = new ArrayList<>();
        long bytes = type.bytes();
        for (JsonNode dimension : entry.path("shape")) {
            long length = number(file, tensor, dimension);
            shape.add(length);
            bytes = times(file, tensor, bytes, length);
        }
        JsonNode offsets = entry.path("data_offsets");
        if (!entry.path("shape").isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw lie(file, tensor, "lacks a shape or two data_offsets");
        }
        long begin = number(file, tensor, offsets.get(0));
        long end = number(file, tensor, offsets.get(1));
        if (end < begin || end - begin != bytes) {
            throw lie(file, tensor, "needs %d bytes and is given %d to %d".formatted(bytes, begin, end));
        }
        return new TensorPlace(tensor, type, shape, file, dataStart + begin, dataStart + end);
    }

    private static ElementType type(Path file, String tensor, JsonNode name) {
        for (ElementType type : ElementType.values()) {
            if (type.name().equals(name.asText())) {
                return type;
            }
        }
        throw new CheckpointException(
                Fault.WRONG_TYPE, "%s: %s has the unknown dtype %s".formatted(name(file), tensor, name));
    }

    private static long number(Path file, String tensor, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.asLong() < 0 || node.asLong() > 1L << 50) {
            throw lie(file, tensor, "has " + node + " where a size or an offset belongs");
        }
        return node.asLong();
    }

    private static long times(Path file, String tensor, long bytes, long length) {
        if (length != 0 && bytes > (1L << 60) / length) {
            throw lie(file, tensor, "is larger than any file");
        }
        return bytes * length;
    }

    /** Tensors lie one behind the other and fill the file: no hole, no overlap, nothing left over. */
    private static void checkCover(Path file, List<TensorPlace> places, long dataStart, long size) {
        long at = dataStart;
        for (TensorPlace place : places) {
            if (place.end() > size) {
                throw new CheckpointException(
                        Fault.TRUNCATED_FILE,
                        "%s ends at byte %d, within %s, which reaches to %d"
                                .formatted(name(file), size, place.name(), place.end()));
            }
            if (place.begin() != at) {
                throw lie(file, place.name(), place.begin() < at ? "overlaps the tensor before it" : "follows a hole");
            }
            at = place.end();
        }
        if (at != size) {
            throw new CheckpointException(
                    Fault.FALSE_HEADER,
                    "%s has %d bytes that its header does not name".formatted(name(file), size - at));
        }
    }

    private static CheckpointException lie(Path file, String tensor, String what) {
        return new CheckpointException(Fault.FALSE_HEADER, "%s: %s %s".formatted(name(file), tensor, what));
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}
