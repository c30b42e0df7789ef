package dev.millrace.gpu.generate.batch;

import java.util.BitSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one choice's next token is chosen by, after all tokens that it has so far. */
public final class Chooser {

    private final SamplingRule rule;
    private final int choice;
    private final Set<Integer> ends;
    private final @Nullable TokenMask mask;
    private final Edits edits;
    private int chosen;

    /**
     * @param ends tokens that must not come before the rule's least number of tokens
     * @param vocabulary ids from here on have no logits
     */
    public Chooser(
            SamplingRule rule, int choice, int[] prompt, Set<Integer> ends, @Nullable TokenMask mask, int vocabulary) {
        this.rule = rule;
        this.choice = choice;
        this.ends = Set.copyOf(ends);
        this.mask = mask;
        this.edits = new Edits(vocabulary);
        if (rule.repetitionPenalty() != 1) {
            for (int token : prompt) {
                edits.divide(token, rule.repetitionPenalty());
            }
        }
        rule.bias().forEach(edits::bias);
    }

    /** Goes on after a token, now chosen or delivered before. */
    public void advance(int token) {
        chosen++;
        if (rule.penalises()) {
            edits.chosen(token, rule);
        }
        if (mask != null && !ends.contains(token)) {
            mask.advance(token);
        }
    }

    /** Whether the next token is one of a form, which may take time to tell. */
    public boolean isBound() {
        return mask != null && !mask.isFree();
    }

    /** The same until it is advanced; from any thread, as long as it is not. */
    public Row next() {
        BitSet allowed = mask == null ? null : mask.allowed();
        long key = Noise.key(rule.seed(), choice, chosen);
        if (chosen < rule.minTokens() && mayGoOn(allowed)) {
            return goingOn(key, allowed);
        }
        return edits.isEmpty()
                ? new Row(rule, key, allowed)
                : new Row(rule, key, edits.tokens(), edits.divide(), edits.add(), allowed);
    }

    /** A form that is complete must be let end, however few tokens it took. */
    private boolean mayGoOn(@Nullable BitSet allowed) {
        return allowed == null || allowed.stream().anyMatch(token -> !ends.contains(token));
    }

    private Row goingOn(long key, @Nullable BitSet allowed) {
        int[] places = ends.stream().mapToInt(edits::place).toArray();
        float[] add = edits.add();
        for (int place : places) {
            if (place >= 0) {
                add[place] = Float.NEGATIVE_INFINITY;
            }
        }
        return new Row(rule, key, edits.tokens(), edits.divide(), add, allowed);
    }
}
