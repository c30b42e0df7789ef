package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.batch.Chosen;
import dev.millrace.gpu.generate.batch.Embedding;
import dev.millrace.gpu.generate.batch.Lane;
import dev.millrace.gpu.generate.batch.Plan;
import dev.millrace.gpu.generate.batch.Pooling;
import dev.millrace.gpu.generate.batch.Row;
import dev.millrace.gpu.generate.batch.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A plan as the engine runs it: what goes in, and whose what comes out is. */
final class Batch {

    private final List<Plan.Run> runs;
    private final List<Lane> lanes;
    private final List<Span> spans;
    private final Draws draws;
    private final EngineShape shape;

    /**
     * @param lanes what each of the plan's runs is for
     * @param chosenBy how the next token of each that draws is chosen
     */
    Batch(Plan plan, List<Lane> lanes, Map<Sequence, Row> chosenBy, EngineShape shape) {
        this.runs = plan.runs();
        this.lanes = lanes;
        this.shape = shape;
        this.spans = new ArrayList<>(runs.size());
        List<Row> rows = new ArrayList<>(runs.size());
        for (int i = 0; i < runs.size(); i++) {
            Lane lane = lanes.get(i);
            Span.Output output = outputOf(runs.get(i), lane);
            Row row = chosenBy.get(runs.get(i).sequence());
            if (row != null) {
                rows.add(row);
            }
            spans.add(span(runs.get(i), output));
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
        return new Span(
                run.sequence().tokens(run.from(), run.to()),
                run.from(),
                run.sequence().blockTable(run.to(), shape.blockTokens()),
                output);
    }

    Step step() {
        return new Step(spans, draws.packed());
    }

    /** What was chosen for each run that drew; the hidden states are handed to those that gather them. */
    @Nullable
    Chosen[] read(StepResult result) {
        List<Chosen> drawn = draws.read(result.ints(), result.floats());
        @Nullable Chosen[] chosen = new Chosen[runs.size()];
        int row = 0;
        int hidden = 0;
        for (int i = 0; i < chosen.length; i++) {
            Plan.Run run = runs.get(i);
            switch (spans.get(i).output()) {
                case DRAW -> chosen[i] = drawn.get(row++);
                case HIDDEN -> {
                    gather(lanes.get(i).embedding(), run, result.hidden(), hidden);
                    hidden += run.count();
                }
                default -> {}
            }
        }
        return chosen;
    }

    private void gather(@Nullable Embedding embedding, Plan.Run run, float[] hidden, int first) {
        if (embedding != null) {
            embedding.add(run.from(), hidden, first, run.count(), shape.hidden());
        }
    }
}
