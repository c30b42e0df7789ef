package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.gpu.generate.djl.Span.Output;
import dev.millrace.gpu.model.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the reference makes of tiny checkpoints of each family, in float32; see the README beside them. */
class GoldensTest {

    private static final double LOGIT_TOLERANCE = 1e-4;
    private static final double EMBEDDING_TOLERANCE = 1e-5;
    private static final int PADDING_TOKENS = 32;
    private static final int FEW_TOKENS = 64;

    /** Opened once for all: each test lays what it reads where another's rests are of no use to it. */
    private static final Map<Path, Engine> ENGINES = new HashMap<>();

    private static Engine engine(Path directory) {
        return ENGINES.computeIfAbsent(directory, GoldenRun::open);
    }

    @AfterAll
    static void close() {
        ENGINES.values().forEach(Engine::close);
    }

    static List<Path> checkpoints() throws IOException {
        Path folder = Goldens.folder().resolve("checkpoints");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> Files.exists(entry.resolve("golden.json")))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void thereAreCases() throws IOException {
        assertThat(checkpoints()).as("cases under " + Goldens.folder()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void logitsAgreeWhetherReadWholeOrInChunks(Path directory) {
        GoldenTensors tensors = new GoldenTensors(directory.resolve("golden.safetensors"));
        List<JsonNode> cases = cases(directory);
        Engine engine = engine(directory);
        for (int i = 0; i < cases.size(); i++) {
            int[] prompt = Goldens.ids(cases.get(i).path("prompt"));
            float[] expected = tensors.floats("logits." + i);
            int from = cases.get(i).path("logits_positions").get(0).intValue()
                    * engine.shape().logits();
            List<int[]> blocks = blockChoices(3, prompt.length);
            int way = i;
            for (int chunk : chunks(prompt.length)) {
                int[] lying = blocks.get(way++ % blocks.size());
                float[] all = GoldenRun.read(engine, prompt, chunk, lying, Output.LOGITS);
                float[] actual = Arrays.copyOfRange(all, from, from + expected.length);
                assertThat(distance(actual, expected) / deviation(expected))
                        .as("case %d in chunks of %d", i, chunk)
                        .isLessThan(LOGIT_TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void greedyTokensAreTheReferencesAlone(Path directory) {
        List<JsonNode> cases = cases(directory);
        Engine engine = engine(directory);
        for (JsonNode golden : cases) {
            int[] prompt = Goldens.ids(golden.path("prompt"));
            int[] expected = Goldens.ids(golden.path("greedy"));
            for (int[] blocks : blockChoices(4, prompt.length + expected.length)) {
                List<int[]> drawn =
                        GoldenRun.greedy(engine, List.of(prompt), prompt.length, List.of(blocks), expected.length);
                assertThat(drawn.get(0)).containsExactly(expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void greedyTokensAreTheReferencesInABatch(Path directory) {
        List<JsonNode> cases = cases(directory);
        List<int[]> prompts = new ArrayList<>();
        List<int[]> blocks = new ArrayList<>();
        for (JsonNode golden : cases) {
            int[] prompt = Goldens.ids(golden.path("prompt"));
            int tokens = prompt.length + PADDING_TOKENS;
            blocks.add(GoldenRun.scattered(GoldenRun.BLOCKS - 1 - prompts.size(), cases.size(), tokens));
            prompts.add(prompt);
        }
        Engine engine = engine(directory);
        for (int chunk : new int[] {5, 64, 1000}) {
            int length = cases.get(0).path("greedy").size();
            List<int[]> drawn = GoldenRun.greedy(engine, prompts, chunk, blocks, length);
            for (int i = 0; i < cases.size(); i++) {
                assertThat(drawn.get(i))
                        .as("case %d in chunks of %d", i, chunk)
                        .containsExactly(Goldens.ids(cases.get(i).path("greedy")));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void embeddingsAreTheLastHiddenStateOrTheMean(Path directory) {
        GoldenTensors tensors = new GoldenTensors(directory.resolve("golden.safetensors"));
        List<JsonNode> cases = cases(directory);
        Engine engine = engine(directory);
        int width = engine.shape().hidden();
        for (int i = 0; i < cases.size(); i++) {
            int[] prompt = Goldens.ids(cases.get(i).path("prompt"));
            float[] states = GoldenRun.read(engine, prompt, 50, GoldenRun.together(0, prompt.length), Output.HIDDEN);
            float[] last = Arrays.copyOfRange(states, states.length - width, states.length);
            float[] mean = new float[width];
            for (int j = 0; j < states.length; j++) {
                mean[j % width] += states[j];
            }
            assertThat(distance(unit(last), tensors.floats("embedding_last." + i)))
                    .isLessThan(EMBEDDING_TOLERANCE);
            assertThat(distance(unit(mean), tensors.floats("embedding_mean." + i)))
                    .isLessThan(EMBEDDING_TOLERANCE);
        }
    }

    /** Token by token only where there are few: that is how each answer is read as well. */
    private static int[] chunks(int length) {
        return length > FEW_TOKENS ? new int[] {length, 7, 16, 40} : new int[] {length, 1, 7, 16};
    }

    private static List<JsonNode> cases(Path directory) {
        List<JsonNode> cases =
                Goldens.list(Goldens.read(directory.resolve("golden.json")).path("cases"));
        assertThat(cases).isNotEmpty();
        return cases;
    }

    /** Blocks that lie together are read in place, others are gathered: both must do. */
    private static List<int[]> blockChoices(int first, int tokens) {
        return List.of(GoldenRun.together(first, tokens), GoldenRun.scattered(GoldenRun.BLOCKS - first, 3, tokens));
    }

    static double distance(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double most = 0;
        for (int i = 0; i < actual.length; i++) {
            most = Math.max(most, Math.abs(actual[i] - expected[i]));
        }
        return most;
    }

    static double deviation(float[] values) {
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        double mean = sum / values.length;
        return Math.sqrt(squares / values.length - mean * mean);
    }

    private static float[] unit(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / Math.sqrt(squares));
        }
        return unit;
    }
}
