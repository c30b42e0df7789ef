package dev.millrace.gpu.model.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A golden checkpoint copied to a directory of its own, to be changed there. */
public final class Draft {

    public static final String WEIGHTS = "model.safetensors";

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    final Path directory;

    private Draft(Path directory) {
        this.directory = directory;
    }

    public static Draft of(String golden, Path directory) {
        Path source = Path.of("src/test/resources/goldens/checkpoints").resolve(golden);
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName().toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Draft(directory);
    }

    /** A directory that a draft was made in before. */
    static Draft at(Path directory) {
        return new Draft(directory);
    }

    public Draft json(String file, Consumer<ObjectNode> change) {
        return text(file, text -> {
            try {
                ObjectNode node = (ObjectNode) MAPPER.readTree(text);
                change.accept(node);
                return node.toString();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    Draft config(Consumer<ObjectNode> change) {
        return json("config.json", change);
    }

    Draft text(String file, java.util.function.UnaryOperator<String> change) {
        return write(
                file,
                change.apply(new String(bytes(file), StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
    }

    Draft write(String file, byte[] content) {
        try {
            Files.write(directory.resolve(file), content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Draft delete(String file) {
        try {
            Files.delete(directory.resolve(file));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] bytes(String file) {
        try {
            return Files.readAllBytes(directory.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Draft cut(String file, int length) {
        return write(file, Arrays.copyOf(bytes(file), length));
    }

    /** Bytes of a safetensors header, its length included. */
    int headerBytes(String file) {
        return 8
                + (int) ByteBuffer.wrap(bytes(file))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getLong();
    }

    public ObjectNode header(String file) {
        try {
            byte[] json = Arrays.copyOfRange(bytes(file), 8, headerBytes(file));
            return (ObjectNode) MAPPER.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the tensors begin at an odd byte once the header is written without padding. */
    public boolean oddHeader() {
        return header(WEIGHTS).toString().getBytes(StandardCharsets.UTF_8).length % 2 != 0;
    }

    /** Makes the tokenizer smaller than the embedding. */
    public Draft dropAddedTokens() {
        return json("tokenizer.json", tokenizer -> tokenizer.remove("added_tokens"))
                .json("tokenizer_config.json", config -> config.remove("added_tokens_decoder"));
    }

    /** Changes the header alone; the tensors' bytes stay. */
    Draft header(String file, Consumer<ObjectNode> change) {
        ObjectNode header = header(file);
        change.accept(header);
        return rawHeader(file, header.toString());
    }

    public Draft rawHeader(String file, String json) {
        byte[] data = Arrays.copyOfRange(bytes(file), headerBytes(file), bytes(file).length);
        return write(file, safetensors(json, data));
    }

    static byte[] safetensors(String json, byte[] data) {
        byte[] header = json.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array());
        out.writeBytes(header);
        out.writeBytes(data);
        return out.toByteArray();
    }

    /** Puts a tensor of zeros behind the others. */
    Draft addTensor(String file, String name, String type, int elementBytes, List<Integer> shape) {
        ObjectNode header = header(file);
        byte[] all = bytes(file);
        int data = all.length - headerBytes(file);
        int size = elementBytes * shape.stream().reduce(1, (a, b) -> a * b);
        ObjectNode entry = header.putObject(name).put("dtype", type);
        shape.forEach(entry.putArray("shape")::add);
        entry.putArray("data_offsets").add(data).add(data + size);
        byte[] longer = Arrays.copyOf(Arrays.copyOfRange(all, headerBytes(file), all.length), data + size);
        return write(file, safetensors(header.toString(), longer));
    }

    /** Leaves each fp8 matrix the first of its scales, for all of it. */
    public Draft oneScaleEach() {
        return header(WEIGHTS, header -> {
            for (String name : List.copyOf(
                    header.properties().stream().map(Map.Entry::getKey).toList())) {
                if (name.endsWith("_scale_inv")) {
                    keepFirst(header, name);
                }
            }
        });
    }

    /** The rest of its bytes become a part of a layer that nobody reads. */
    private static void keepFirst(ObjectNode header, String name) {
        ObjectNode entry = entry(header, name);
        int begin = entry.get("data_offsets").get(0).intValue();
        int end = entry.get("data_offsets").get(1).intValue();
        entry.putArray("shape").add(1).add(1);
        entry.putArray("data_offsets").add(begin).add(begin + Float.BYTES);
        ObjectNode rest = header.putObject("model.layers.99." + name).put("dtype", "U8");
        rest.putArray("shape").add(end - begin - Float.BYTES);
        rest.putArray("data_offsets").add(begin + Float.BYTES).add(end);
    }

    /** Says that fp8 weights are stored in blocks of that many rows and columns. */
    public Draft blocks(int size) {
        return config(config -> ((ObjectNode) config.get("quantization_config"))
                .putArray("weight_block_size")
                .add(size)
                .add(size));
    }

    static ObjectNode entry(JsonNode header, String name) {
        return (ObjectNode) header.get(name);
    }
}
