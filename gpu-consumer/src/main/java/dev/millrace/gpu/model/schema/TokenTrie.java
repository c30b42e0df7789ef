package dev.millrace.gpu.model.schema;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.function.IntFunction;

/** Tokens by their bytes, so that what a form refuses is refused for all tokens that begin with it at once. */
final class TokenTrie {

    private static final int NONE = -1;

    /** For each node, parents before their children: its byte, the first node that is not below it, its token. */
    private byte[] octets = new byte[1024];

    private int[] behind = new int[1024];
    private int[] tokens = new int[1024];
    private int size;

    /** For each token another one of the same bytes. */
    private final int[] twins;

    /**
     * @param which the tokens to take in
     * @param bytes what they stand for
     */
    TokenTrie(BitSet which, IntFunction<byte[]> bytes) {
        twins = new int[which.length()];
        Arrays.fill(twins, NONE);
        byte[] before = {};
        int[] path = new int
                [which.stream().map(token -> bytes.apply(token).length).max().orElse(0)];
        for (int token : sorted(which, bytes)) {
            byte[] spelling = bytes.apply(token);
            int shared = Arrays.mismatch(before, spelling);
            if (shared < 0 && spelling.length > 0) {
                int twin = tokens[path[spelling.length - 1]];
                twins[token] = twin;
                tokens[path[spelling.length - 1]] = token;
                continue;
            }
            for (int depth = before.length - 1; depth >= shared; depth--) {
                behind[path[depth]] = size;
            }
            for (int depth = Math.max(0, shared); depth < spelling.length; depth++) {
                path[depth] = add(spelling[depth]);
            }
            if (spelling.length > 0) {
                tokens[path[spelling.length - 1]] = token;
            }
            before = spelling;
        }
        for (int depth = 0; depth < before.length; depth++) {
            behind[path[depth]] = size;
        }
    }

    private static int[] sorted(BitSet which, IntFunction<byte[]> bytes) {
        Comparator<Integer> bySpelling = (a, b) -> Arrays.compareUnsigned(bytes.apply(a), bytes.apply(b));
        return which.stream()
                .boxed()
                .sorted(bySpelling)
                .mapToInt(token -> token)
                .toArray();
    }

    private int add(byte octet) {
        if (size == octets.length) {
            octets = Arrays.copyOf(octets, size * 2);
            behind = Arrays.copyOf(behind, size * 2);
            tokens = Arrays.copyOf(tokens, size * 2);
        }
        octets[size] = octet;
        tokens[size] = NONE;
        return size++;
    }

    /** Adds all tokens that a text in this state may go on with. */
    void collect(Automaton state, BitSet allowed) {
        collect(state, 0, size, allowed);
    }

    /** What lies between two nodes of the same depth, for a state that has read what lies above them. */
    private void collect(Automaton state, int from, int to, BitSet allowed) {
        StringForm string = state.soleString();
        if (string != null) {
            inString(string, state, from, to, allowed);
            return;
        }
        for (int node = from; node < to; node = behind[node]) {
            Automaton next = state.read(octets[node] & 0xFF);
            if (!next.isDead()) {
                allow(node, allowed);
                collect(next, node + 1, behind[node], allowed);
            }
        }
    }

    /** The same in a string that is read alone: most tokens never leave it, and what follows it can wait until one does. */
    private void inString(StringForm string, Automaton opened, int from, int to, BitSet allowed) {
        for (int node = from; node < to; node = behind[node]) {
            byte octet = octets[node];
            if (octet == '"' && string.isBetweenCharacters()) {
                if (string.mayClose()) {
                    allow(node, allowed);
                    collect(opened.afterSoleString(), node + 1, behind[node], allowed);
                }
            } else {
                StringForm next = string.after(octet & 0xFF);
                if (next != null) {
                    allow(node, allowed);
                    inString(next, opened, node + 1, behind[node], allowed);
                }
            }
        }
    }

    private void allow(int node, BitSet allowed) {
        for (int token = tokens[node]; token != NONE; token = twins[token]) {
            allowed.set(token);
        }
    }
}
