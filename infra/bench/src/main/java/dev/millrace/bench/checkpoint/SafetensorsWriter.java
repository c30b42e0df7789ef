package dev.millrace.bench.checkpoint;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** Writes a shape's tensors in bfloat16: vectors, which are norms, of ones, and matrices of random numbers. */
final class SafetensorsWriter {

    private static final int CHUNK_BYTES = 4 << 20;

    private final Map<String, List<Integer>> tensors;
    private final RandomWeights weights;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    SafetensorsWriter(Map<String, List<Integer>> tensors, RandomWeights weights) {
        this.tensors = tensors;
        this.weights = weights;
    }

    void write(Path file) throws IOException {
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            byte[] header = header();
            buffer.clear().putLong(header.length).put(header).flip();
            drain(out);
            for (List<Integer> shape : tensors.values()) {
                write(shape, out);
            }
        }
    }

    private byte[] header() {
        ObjectNode header = JsonMapper.builder().build().createObjectNode();
        long at = 0;
        for (Map.Entry<String, List<Integer>> tensor : tensors.entrySet()) {
            ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", "BF16");
            tensor.getValue().forEach(entry.putArray("shape")::add);
            long end = at + bytes(tensor.getValue());
            entry.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        String json = header.toString();
        int padding = -json.length() & 7;
        return (json + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
    }

    private static long bytes(List<Integer> shape) {
        return shape.stream().mapToLong(size -> size).reduce(Short.BYTES, (a, b) -> a * b);
    }

    private void write(List<Integer> shape, FileChannel out) throws IOException {
        for (long left = bytes(shape); left > 0; left -= Math.min(left, CHUNK_BYTES)) {
            buffer.clear().limit((int) Math.min(left, CHUNK_BYTES));
            if (shape.size() == 1) {
                while (buffer.hasRemaining()) {
                    buffer.putShort(RandomWeights.ONE);
                }
            } else {
                weights.fill(buffer);
            }
            buffer.flip();
            drain(out);
        }
    }

    private void drain(FileChannel out) throws IOException {
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }
}
