package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.batch.Chosen;
import dev.millrace.gpu.generate.batch.Embedding;
import dev.millrace.gpu.generate.batch.Lane;
import dev.millrace.gpu.generate.batch.Plan;
import dev.millrace.gpu.generate.batch.Pooling;
import dev.millrace.gpu.generate.batch.Row;
import dev.millrace.gpu.generate.batch.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A plan as the engine runs it: what goes in, and whose what comes out is. */
final class Batch {

    private final List<Plan.Run> runs;
    private final List<Lane> lanes = new ArrayList<>();
    private final List<Span> spans = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private final Draws draws;
    private final EngineShape shape;

    Batch(Plan plan, Map<Sequence, Lane> laneOf, EngineShape shape) {
        this.runs = plan.runs();
        this.shape = shape;
        for (Plan.Run run : runs) {
            Lane lane = laneOf.get(run.sequence());
            if (lane == null) {
                throw new IllegalStateException("a sequence that nobody listens to");
            }
            lanes.add(lane);
            Span.Output output = outputOf(run, lane);
            if (lane.chooser() != null && output == Span.Output.DRAW) {
                rows.add(lane.chooser().next());
            }
            spans.add(span(run, output));
        }
        draws = new Draws(rows, shape.vocabulary());
    }

    private static Span.Output outputOf(Plan.Run run, Lane lane) {
        Embedding embedding = lane.embedding();
        if (embedding != null) {
            return run.last() || embedding.pooling() == Pooling.MEAN ? Span.Output.HIDDEN : Span.Output.NONE;
        }
        return run.last() ? Span.Output.DRAW : Span.Output.NONE;
    }

    private Span span(Plan.Run run, Span.Output output) {
        int[] tokens = new int[run.count()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = run.sequence().token(run.from() + i);
        }
        return new Span(tokens, run.from(), run.sequence().blockTable(run.to(), shape.blockTokens()), output);
    }

    Step step() {
        return new Step(spans, draws.packed());
    }

    List<Lane> lanes() {
        return lanes;
    }

    /** What was chosen for each lane that drew, the hidden states handed to those that gather them. */
    Map<Lane, Chosen> read(StepResult result) {
        List<Chosen> chosen = rows.isEmpty() ? List.of() : draws.read(result.ints(), result.floats());
        Map<Lane, Chosen> ofLane = new HashMap<>();
        int row = 0;
        int hidden = 0;
        for (int i = 0; i < runs.size(); i++) {
            Plan.Run run = runs.get(i);
            switch (spans.get(i).output()) {
                case DRAW -> ofLane.put(lanes.get(i), chosen.get(row++));
                case HIDDEN -> {
                    gather(lanes.get(i).embedding(), run, result.hidden(), hidden);
                    hidden += run.count();
                }
                default -> {}
            }
        }
        return ofLane;
    }

    private void gather(@Nullable Embedding embedding, Plan.Run run, float[] hidden, int first) {
        if (embedding != null) {
            embedding.add(run.from(), hidden, first, run.count(), shape.hidden());
        }
    }
}
