package dev.millrace.gpu.model.schema;

import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Masks of the states that texts came through, of all forms of a model together: equal states allow the same, whichever form
 * they belong to. Those that were used longest ago make room for others.
 */
final class MaskCache {

    private static final long MAX_BYTES = 32L << 20;
    private static final int MAX_MASKS = 4096;

    /** About what each reading of a state takes, which is kept as long as its mask. */
    private static final int READING_BYTES = 128;

    private final int maskBytes;
    private final LinkedHashMap<Automaton, BitSet> masks = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    /** @param maskBytes what one mask takes */
    MaskCache(int maskBytes) {
        this.maskBytes = maskBytes;
    }

    /** The mask of a state, worked out by the given function where it is not known; other states need not wait for that. */
    BitSet get(Automaton state, Function<Automaton, BitSet> workOut) {
        BitSet known = known(state);
        if (known != null) {
            return known;
        }
        BitSet made = workOut.apply(state);
        synchronized (masks) {
            keep(state, made);
        }
        return made;
    }

    private void keep(Automaton state, BitSet mask) {
        if (masks.put(state, mask) == null) {
            bytes += bytesOf(state);
        }
        Iterator<Automaton> eldest = masks.keySet().iterator();
        while (masks.size() > 1 && (bytes > MAX_BYTES || masks.size() > MAX_MASKS)) {
            bytes -= bytesOf(eldest.next());
            eldest.remove();
        }
    }

    private long bytesOf(Automaton state) {
        return maskBytes + (long) READING_BYTES * state.readings();
    }

    private @Nullable BitSet known(Automaton state) {
        synchronized (masks) {
            return masks.get(state);
        }
    }
}
