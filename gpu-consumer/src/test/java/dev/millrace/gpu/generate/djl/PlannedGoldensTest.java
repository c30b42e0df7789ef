package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.gpu.generate.batch.Plan;
import dev.millrace.gpu.generate.batch.Planner;
import dev.millrace.gpu.generate.batch.Sequence;
import dev.millrace.gpu.generate.djl.Span.Output;
import dev.millrace.gpu.model.Goldens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The reference's logits and tokens come out as well where the planner decides: beside others, in chunks, over a prefix
 * that the cache holds, and read again after giving way.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlannedGoldensTest {

    private static final double LOGIT_TOLERANCE = 1e-4;
    private static final double LOGPROB_TOLERANCE = 1e-3;
    private static final int BATCH = 4;
    private static final int READ_BUDGET = 40;

    private long preemptions;
    private long sharedTokens;
    private long chunks;
    private long beginnings;

    static List<Path> checkpoints() throws IOException {
        return GoldensTest.checkpoints();
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void logitsAndTokensAreTheReferencesHoweverTheyArePlanned(Path directory) {
        GoldenTensors tensors = new GoldenTensors(directory.resolve("golden.safetensors"));
        List<JsonNode> cases =
                Goldens.list(Goldens.read(directory.resolve("golden.json")).path("cases"));
        assertThat(cases).isNotEmpty();
        try (Engine engine = GoldenRun.open(directory)) {
            Planner planner = new Planner(tightFor(cases), GoldenRun.BLOCK_TOKENS, BATCH, READ_BUDGET);
            Map<Sequence, Case> open = new LinkedHashMap<>();
            // Each twice: the second finds the first's blocks, as far as they are still there.
            for (int i = 0; i < 2 * cases.size(); i++) {
                Case one = new Case(cases.get(i / 2), tensors.floats("logits." + i / 2), engine.shape());
                Sequence sequence = new Sequence(i, one.prompt, one.prompt.length, true, null);
                planner.add(sequence);
                open.put(sequence, one);
            }
            while (!open.isEmpty()) {
                step(engine, planner, open);
            }
            preemptions += planner.counts().preemptions();
            sharedTokens += planner.counts().sharedTokens();
            chunks += planner.counts().chunks();
        }
    }

    /** Cases from elsewhere may be too few or too short for all of it. */
    @AfterAll
    void itAllHappened() {
        if (System.getProperty("goldens.dir") == null) {
            assertThat(preemptions).as("preemptions").isPositive();
            assertThat(sharedTokens).as("prefix hits").isPositive();
            assertThat(chunks).as("chunks").isPositive();
            assertThat(beginnings).as("beginnings read once for several").isPositive();
        }
    }

    /** Blocks for the longest and not much more, so that several together run out of them. */
    private static int tightFor(List<JsonNode> cases) {
        int longest = cases.stream()
                .mapToInt(one -> one.path("prompt").size() + one.path("greedy").size())
                .max()
                .orElseThrow();
        return longest / GoldenRun.BLOCK_TOKENS + 3;
    }

    private void step(Engine engine, Planner planner, Map<Sequence, Case> open) {
        Plan plan = planner.plan();
        List<Span> spans = new ArrayList<>();
        for (Plan.Run run : plan.runs()) {
            Sequence sequence = run.sequence();
            int[] blocks = sequence.blockTable(run.to(), GoldenRun.BLOCK_TOKENS);
            spans.add(new Span(sequence.tokens(run.from(), run.to()), run.from(), blocks, Output.LOGITS));
        }
        beginnings += Arrangement.of(spans.toArray(Span[]::new), engine.shape(), Attending.ALONE)
                .beginnings()
                .size();
        float[] logits = engine.step(new Step(spans, Draw.greedy())).logits();
        planner.ran(plan);
        int width = engine.shape().logits();
        int row = 0;
        for (Plan.Run run : plan.runs()) {
            Case one = Objects.requireNonNull(open.get(run.sequence()));
            for (int position = run.from(); position < run.to(); position++) {
                one.check(position, Arrays.copyOfRange(logits, row * width, ++row * width));
            }
            if (run.last() && run.sequence().generated() == one.greedy.length - 1) {
                planner.end(run.sequence());
                open.remove(run.sequence());
            } else if (run.last()) {
                run.sequence().append(one.greedy[run.sequence().generated()]);
            }
        }
    }

    /** One of the reference's cases: what the logits after each position must be. */
    private static final class Case {

        private final int[] prompt;
        private final int[] greedy;
        private final JsonNode logprobs;
        private final int from;
        private final float[] expected;
        private final EngineShape shape;

        Case(JsonNode golden, float[] expected, EngineShape shape) {
            this.prompt = Goldens.ids(golden.path("prompt"));
            this.greedy = Goldens.ids(golden.path("greedy"));
            this.logprobs = golden.path("greedy_logprobs");
            this.from = golden.path("logits_positions").get(0).intValue();
            this.expected = expected;
            this.shape = shape;
        }

        void check(int position, float[] row) {
            int width = shape.logits();
            if (position >= from && position < prompt.length) {
                float[] golden = Arrays.copyOfRange(expected, (position - from) * width, (position - from + 1) * width);
                assertThat(GoldensTest.distance(row, golden) / GoldensTest.deviation(expected))
                        .as("position %d", position)
                        .isLessThan(LOGIT_TOLERANCE);
            }
            if (position >= prompt.length - 1) {
                int index = position - prompt.length + 1;
                int best = 0;
                for (int token = 0; token < shape.vocabulary(); token++) {
                    best = row[token] > row[best] ? token : best;
                }
                assertThat(best).as("token %d", index).isEqualTo(greedy[index]);
                double sum = 0;
                for (float logit : row) {
                    sum += Math.exp(logit - row[best]);
                }
                assertThat(-Math.log(sum)).isCloseTo(logprobs.get(index).doubleValue(), within(LOGPROB_TOLERANCE));
            }
        }
    }
}
