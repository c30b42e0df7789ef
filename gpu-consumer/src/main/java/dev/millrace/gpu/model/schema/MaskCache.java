package dev.millrace.gpu.model.schema;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Masks of the states that texts came through, of all forms of a model together: equal states allow the same, whichever form
 * they belong to. Those that were used longest ago make room for others.
 */
final class MaskCache {

    private static final long MAX_BYTES = 32L << 20;
    private static final int MAX_MASKS = 4096;

    private final int most;
    private final Map<Automaton, BitSet> masks = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Automaton, BitSet> eldest) {
            return size() > most;
        }
    };

    /** @param maskBytes what one mask takes */
    MaskCache(int maskBytes) {
        most = (int) Math.max(1, Math.min(MAX_MASKS, MAX_BYTES / maskBytes));
    }

    /** The mask of a state, worked out by the given function where it is not known; other states need not wait for that. */
    BitSet get(Automaton state, Function<Automaton, BitSet> workOut) {
        BitSet known = known(state);
        if (known != null) {
            return known;
        }
        BitSet made = workOut.apply(state);
        synchronized (masks) {
            masks.put(state, made);
        }
        return made;
    }

    private @Nullable BitSet known(Automaton state) {
        synchronized (masks) {
            return masks.get(state);
        }
    }
}
