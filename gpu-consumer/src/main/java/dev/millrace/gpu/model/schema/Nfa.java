package dev.millrace.gpu.model.schema;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;

/** A nondeterministic automaton over characters, put together piece by piece. */
final class Nfa {

    /** Between an entry and an exit, both states. */
    record Piece(int entry, int exit) {}

    record Edge(CodePoints on, int to) {}

    private static final int MAX_STATES = 20_000;

    private final List<List<Integer>> free = new ArrayList<>();
    private final List<List<Edge>> edges = new ArrayList<>();
    private int start;
    private int end;

    private int state() {
        if (edges.size() >= MAX_STATES) {
            throw new SchemaException("", "a pattern is too large");
        }
        free.add(new ArrayList<>());
        edges.add(new ArrayList<>());
        return edges.size() - 1;
    }

    private void link(int from, int to) {
        free.get(from).add(to);
    }

    Piece one(CodePoints on) {
        int entry = state();
        int exit = state();
        edges.get(entry).add(new Edge(on.withoutHalves(), exit));
        return new Piece(entry, exit);
    }

    Piece sequence(List<Piece> parts) {
        int entry = state();
        int exit = entry;
        for (Piece part : parts) {
            link(exit, part.entry);
            exit = part.exit;
        }
        return new Piece(entry, exit);
    }

    Piece either(List<Piece> choices) {
        int entry = state();
        int exit = state();
        for (Piece choice : choices) {
            link(entry, choice.entry);
            link(choice.exit, exit);
        }
        return new Piece(entry, exit);
    }

    /** @param most negative: without a bound */
    Piece repeat(Supplier<Piece> body, int least, int most) {
        int entry = state();
        int exit = entry;
        for (int i = 0; i < least; i++) {
            Piece copy = body.get();
            link(exit, copy.entry);
            exit = copy.exit;
        }
        if (most < 0) {
            Piece copy = body.get();
            int loop = state();
            link(exit, loop);
            link(loop, copy.entry);
            link(copy.exit, loop);
            return new Piece(entry, loop);
        }
        int out = state();
        link(exit, out);
        for (int i = least; i < most; i++) {
            Piece copy = body.get();
            link(exit, copy.entry);
            exit = copy.exit;
            link(exit, out);
        }
        return new Piece(entry, out);
    }

    void finish(Piece whole) {
        start = whole.entry;
        end = whole.exit;
    }

    BitSet start() {
        return closure(List.of(start));
    }

    boolean isEnd(BitSet states) {
        return states.get(end);
    }

    /** All states that are reached without reading. */
    BitSet closure(List<Integer> from) {
        BitSet reached = new BitSet();
        List<Integer> open = new ArrayList<>(from);
        while (!open.isEmpty()) {
            int state = open.remove(open.size() - 1);
            if (!reached.get(state)) {
                reached.set(state);
                open.addAll(free.get(state));
            }
        }
        return reached;
    }

    List<Edge> edges(BitSet states) {
        List<Edge> all = new ArrayList<>();
        states.stream().forEach(state -> all.addAll(edges.get(state)));
        return all;
    }
}
