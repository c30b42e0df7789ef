package dev.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.local.Checkout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Texts, as token ids, and the vectors that the reference implementation makes of them with a tiny model. */
record GoldenVectors(List<List<Long>> prompts, List<List<Float>> vectors) {

    static final String MODEL = "qwen3-tiny";

    /** Tokens that the model can read. */
    static final int CONTEXT_TOKENS = 512;

    /** The length of its vectors. */
    static final int DIMENSIONS = 64;

    static Path checkpoint() throws IOException {
        return Checkout.find().module("gpu-consumer/src/test/resources/goldens/checkpoints/qwen3");
    }

    static GoldenVectors read() throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<List<Long>> prompts = new ArrayList<>();
        for (JsonNode one :
                json.readTree(checkpoint().resolve("golden.json").toFile()).path("cases")) {
            List<Long> ids = new ArrayList<>();
            one.path("prompt").forEach(id -> ids.add(id.longValue()));
            prompts.add(ids);
        }
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(checkpoint().resolve("golden.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[(int) file.getLong()];
        file.get(header);
        ByteBuffer tensors = file.slice().order(ByteOrder.LITTLE_ENDIAN);
        JsonNode places = json.readTree(header);
        List<List<Float>> vectors = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            JsonNode range = places.path("embedding_last." + i).path("data_offsets");
            List<Float> vector = new ArrayList<>();
            for (int at = range.path(0).asInt(); at < range.path(1).asInt(); at += Float.BYTES) {
                vector.add(tensors.getFloat(at));
            }
            vectors.add(vector);
        }
        return new GoldenVectors(prompts, vectors);
    }

    static double cosine(List<Float> a, List<Float> b) {
        return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
    }

    static double product(List<Float> a, List<Float> b) {
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            sum += (double) a.get(i) * b.get(i);
        }
        return sum;
    }
}
