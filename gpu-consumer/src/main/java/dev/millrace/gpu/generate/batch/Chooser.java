package dev.millrace.gpu.generate.batch;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one choice's next token is chosen by, after all tokens that it has so far. */
public final class Chooser {

    private final SamplingRule rule;
    private final int choice;
    private final Set<Integer> ends;
    private final @Nullable TokenMask mask;
    private final int vocabulary;
    private final Set<Integer> promptTokens = new HashSet<>();
    private final Map<Integer, Integer> occurrences = new HashMap<>();
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
        this.vocabulary = vocabulary;
        if (rule.repetitionPenalty() != 1) {
            for (int token : prompt) {
                promptTokens.add(token);
            }
        }
    }

    /** Goes on after a token, now chosen or delivered before. */
    public void advance(int token) {
        chosen++;
        if (rule.penalises()) {
            occurrences.merge(token, 1, Integer::sum);
        }
        if (mask != null && !ends.contains(token)) {
            mask.advance(token);
        }
    }

    public Row next() {
        Map<Integer, float[]> edits = new HashMap<>();
        promptTokens.forEach(token -> edit(edits, token)[0] = (float) rule.repetitionPenalty());
        occurrences.forEach((token, times) -> {
            float[] edit = edit(edits, token);
            edit[0] = (float) rule.repetitionPenalty();
            edit[1] -= (float) (rule.presencePenalty() + rule.frequencyPenalty() * times);
        });
        rule.bias().forEach((token, bias) -> edit(edits, token)[1] += bias.floatValue());
        if (chosen < rule.minTokens() && mayGoOn()) {
            ends.forEach(token -> edit(edits, token)[1] = Float.NEGATIVE_INFINITY);
        }
        edits.keySet().removeIf(token -> token < 0 || token >= vocabulary);
        return row(edits);
    }

    /** A form that is complete must be let end, however few tokens it took. */
    private boolean mayGoOn() {
        return mask == null || mask.allowed().stream().anyMatch(token -> !ends.contains(token));
    }

    private static float[] edit(Map<Integer, float[]> edits, int token) {
        return edits.computeIfAbsent(token, t -> new float[] {1, 0});
    }

    private Row row(Map<Integer, float[]> edits) {
        int[] tokens = new int[edits.size()];
        float[] divide = new float[edits.size()];
        float[] add = new float[edits.size()];
        int i = 0;
        for (Map.Entry<Integer, float[]> edit : edits.entrySet()) {
            tokens[i] = edit.getKey();
            divide[i] = edit.getValue()[0];
            add[i++] = edit.getValue()[1];
        }
        long key = Noise.key(rule.seed(), choice, chosen);
        return new Row(rule, key, tokens, divide, add, mask == null ? null : mask.allowed());
    }
}
