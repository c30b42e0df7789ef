package dev.millrace.gpu.model.schema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;

/** Tokens by their bytes, so that what a form refuses is refused for all tokens that begin with it at once. */
final class TokenTrie {

    private final List<byte[]> spellings = new ArrayList<>();
    private final List<Integer> tokens = new ArrayList<>();

    /**
     * @param which the tokens to take in
     * @param bytes what they stand for
     */
    TokenTrie(BitSet which, IntFunction<byte[]> bytes) {
        which.stream()
                .filter(token -> bytes.apply(token).length > 0)
                .boxed()
                .sorted((a, b) -> Arrays.compareUnsigned(bytes.apply(a), bytes.apply(b)))
                .forEach(token -> {
                    tokens.add(token);
                    spellings.add(bytes.apply(token));
                });
    }

    /** Adds all tokens that a text in this state may go on with. */
    void collect(Automaton state, BitSet allowed) {
        collect(state, 0, tokens.size(), 0, allowed);
    }

    /** The tokens from one place to another share as many bytes as the depth says, and the state has read these. */
    private void collect(Automaton state, int from, int to, int depth, BitSet allowed) {
        StringForm string = state.soleString();
        if (string != null) {
            inString(string, state, from, to, depth, allowed);
            return;
        }
        int at = whole(from, to, depth, allowed);
        while (at < to) {
            byte octet = spellings.get(at)[depth];
            int end = endOf(octet, at, to, depth);
            Automaton next = state.read(octet & 0xFF);
            if (!next.isDead()) {
                collect(next, at, end, depth + 1, allowed);
            }
            at = end;
        }
    }

    /** The same in a string that is read alone: most tokens never leave it, and what follows it can wait until one does. */
    private void inString(StringForm string, Automaton opened, int from, int to, int depth, BitSet allowed) {
        int at = whole(from, to, depth, allowed);
        while (at < to) {
            byte octet = spellings.get(at)[depth];
            int end = endOf(octet, at, to, depth);
            if (octet == '"' && string.isBetweenCharacters()) {
                if (string.mayClose()) {
                    collect(opened.afterSoleString(), at, end, depth + 1, allowed);
                }
            } else {
                StringForm next = string.after(octet & 0xFF);
                if (next != null) {
                    inString(next, opened, at, end, depth + 1, allowed);
                }
            }
            at = end;
        }
    }

    /** Adds the tokens that have no more bytes, and tells where the others begin. */
    private int whole(int from, int to, int depth, BitSet allowed) {
        int at = from;
        while (at < to && spellings.get(at).length == depth) {
            allowed.set(tokens.get(at));
            at++;
        }
        return at;
    }

    private int endOf(byte octet, int from, int to, int depth) {
        if (to - from == 1) {
            return to;
        }
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if ((spellings.get(middle)[depth] & 0xFF) <= (octet & 0xFF)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
