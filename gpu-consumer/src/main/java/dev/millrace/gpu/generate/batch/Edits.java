package dev.millrace.gpu.generate.batch;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The tokens whose logits change for one choice, and by how much. Each has a place of its own, so that one more token
 * costs the same however long the prompt was.
 */
final class Edits {

    private static final int[] NO_TOKENS = {};
    private static final float[] NOTHING = {};

    private final int vocabulary;
    private final Map<Integer, Integer> places = new HashMap<>();
    private int[] tokens = NO_TOKENS;
    private float[] divide = NOTHING;
    private float[] bias = NOTHING;
    private float[] penalty = NOTHING;
    private int[] times = NO_TOKENS;
    private int size;

    /** @param vocabulary ids from here on have no logits, so that nothing is to be changed there */
    Edits(int vocabulary) {
        this.vocabulary = vocabulary;
    }

    void divide(int token, double by) {
        int place = place(token);
        if (place >= 0) {
            divide[place] = (float) by;
        }
    }

    void bias(int token, double by) {
        int place = place(token);
        if (place >= 0) {
            bias[place] = (float) by;
        }
    }

    /** Notes that a token was chosen once more, and what that costs it by the rule. */
    void chosen(int token, SamplingRule rule) {
        int place = place(token);
        if (place >= 0) {
            times[place]++;
            divide[place] = (float) rule.repetitionPenalty();
            penalty[place] = (float) (rule.presencePenalty() + rule.frequencyPenalty() * times[place]);
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    int[] tokens() {
        return Arrays.copyOf(tokens, size);
    }

    float[] divide() {
        return Arrays.copyOf(divide, size);
    }

    float[] add() {
        float[] add = new float[size];
        for (int i = 0; i < size; i++) {
            add[i] = bias[i] - penalty[i];
        }
        return add;
    }

    /** The place of a token, made where it has none; -1 where there is none to be had. */
    int place(int token) {
        if (token < 0 || token >= vocabulary) {
            return -1;
        }
        Integer known = places.get(token);
        if (known != null) {
            return known;
        }
        if (size == tokens.length) {
            grow(Math.max(16, size * 2));
        }
        tokens[size] = token;
        divide[size] = 1;
        places.put(token, size);
        return size++;
    }

    private void grow(int room) {
        tokens = Arrays.copyOf(tokens, room);
        divide = Arrays.copyOf(divide, room);
        bias = Arrays.copyOf(bias, room);
        penalty = Arrays.copyOf(penalty, room);
        times = Arrays.copyOf(times, room);
    }
}
