package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.event.RequestKind;
import dev.millrace.gpu.generate.batch.Pooling;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bundled models answer as the reference does, from the messages on, all questions in one batch. {@link
 * PrecisionTest} asks them with fewer bits.
 */
class DemoModelsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void answersAreTheReferences(String model) throws IOException {
        JsonNode cases = JSON.readTree(Files.readString(Path.of("src/test/resources/demo", model + ".json")));
        assertThat(cases).isNotEmpty();
        List<String> different = new ArrayList<>();
        try (DjlGenerator generator = load(model, Precision.FLOAT32, 64)) {
            List<Heard> heard = new ArrayList<>();
            for (JsonNode asked : cases) {
                Heard one = new Heard();
                heard.add(one);
                generator.start(
                        Asked.task(Asked.request(
                                "demo" + heard.size(),
                                RequestKind.CHAT,
                                prompt(asked),
                                Asked.greedy(asked.path("greedy").size()),
                                request -> {})),
                        one);
            }
            for (int i = 0; i < cases.size(); i++) {
                JsonNode asked = cases.get(i);
                Heard answer = heard.get(i).awaitFinished();
                assertThat(answer.promptTokens()).isEqualTo(asked.path("prompt").size());
                List<Integer> expected = new ArrayList<>();
                asked.path("greedy").forEach(id -> expected.add(id.intValue()));
                if (!answer.tokens(0).equals(expected)) {
                    different.add(asked.path("messages") + " -> " + answer.text(0));
                }
            }
        }
        assertThat(different).isEmpty();
    }

    private static String prompt(JsonNode asked) {
        ObjectNode prompt = JSON.createObjectNode();
        prompt.set("messages", asked.path("messages"));
        if (asked.path("tools").isArray()) {
            prompt.set("tools", asked.path("tools"));
        }
        prompt.set("arguments", asked.path("arguments"));
        return prompt.toString();
    }

    static DjlGenerator load(String model, Precision precision) throws IOException {
        return load(model, precision, 16);
    }

    /** Wide where many are asked at once: a step takes little longer for it, and there are fewer of them. */
    static DjlGenerator load(String model, Precision precision, int maxBatch) throws IOException {
        return load(Path.of("src/main/models", model), precision, maxBatch);
    }

    static DjlGenerator load(Path directory, Precision precision, int maxBatch) throws IOException {
        EngineConfig config = new EngineConfig(
                "cpu", precision, Quantization.NONE, 0, 16, 32768, 0, maxBatch, 200, 512, 2, Pooling.LAST);
        return new DjlFactory(config, Clock.systemUTC())
                .load(directory.getFileName().toString(), directory.toString());
    }
}
