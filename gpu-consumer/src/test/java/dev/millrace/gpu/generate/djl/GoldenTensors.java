package dev.millrace.gpu.generate.djl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The float32 tensors of a golden.safetensors file, read without the code under test. */
final class GoldenTensors {

    private final JsonNode header;
    private final ByteBuffer data;

    GoldenTensors(Path file) {
        try {
            ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int length = Math.toIntExact(all.getLong(0));
            header = JsonMapper.builder().build().readTree(Arrays.copyOfRange(all.array(), 8, 8 + length));
            data = all.position(8 + length).slice().order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    float[] floats(String name) {
        JsonNode entry = header.path(name);
        if (!entry.path("dtype").asText().equals("F32")) {
            throw new IllegalArgumentException("no float32 tensor " + name);
        }
        int begin = entry.path("data_offsets").get(0).intValue();
        int end = entry.path("data_offsets").get(1).intValue();
        float[] values = new float[(end - begin) / 4];
        data.slice(begin, end - begin)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }
}
