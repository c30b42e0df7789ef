package dev.millrace.gpu.model.schema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A deterministic automaton over characters that knows after how many more characters it can end. */
final class Dfa implements TextMatcher {

    private static final int MAX_STATES = 4000;

    /** Characters of given strings, beginnings that they share counted once. */
    private static final int MAX_LISTED = 20_000;

    /** For each state the first characters of its ranges, ascending from 0, and where each range leads. */
    private final List<int[]> firsts = new ArrayList<>();

    private final List<int[]> targets = new ArrayList<>();
    private final List<Boolean> ends = new ArrayList<>();

    private volatile @Nullable DfaLengths lengths;
    private @Nullable BitSet failing;

    private Dfa() {}

    static Dfa of(String pattern, String path) {
        return determined(RegexParser.parse(pattern, path), path);
    }

    /** Exactly one of the given strings. */
    static Dfa anyOf(List<String> texts, String path) {
        List<TreeMap<Integer, Integer>> following = new ArrayList<>();
        following.add(new TreeMap<>());
        BitSet ends = new BitSet();
        for (String text : texts) {
            int state = 0;
            for (int codePoint : text.codePoints().toArray()) {
                Integer next = following.get(state).get(codePoint);
                if (next == null) {
                    next = following.size();
                    if (next > MAX_LISTED) {
                        throw new SchemaException(path, "the values given are too many or too long");
                    }
                    following.get(state).put(codePoint, next);
                    following.add(new TreeMap<>());
                }
                state = next;
            }
            ends.set(state);
        }
        Dfa dfa = new Dfa();
        for (int state = 0; state < following.size(); state++) {
            dfa.addState(following.get(state), ends.get(state));
        }
        return dfa;
    }

    private void addState(TreeMap<Integer, Integer> following, boolean end) {
        TreeMap<Integer, Integer> ranges = new TreeMap<>(Map.of(0, DEAD));
        following.forEach((codePoint, next) -> {
            ranges.put(codePoint, next);
            if (codePoint < CodePoints.MAX) {
                ranges.put(codePoint + 1, following.getOrDefault(codePoint + 1, DEAD));
            }
        });
        firsts.add(ranges.keySet().stream().mapToInt(first -> first).toArray());
        targets.add(ranges.values().stream().mapToInt(target -> target).toArray());
        ends.add(end);
    }

    /** Any string but the given ones. */
    static Dfa noneOf(List<String> texts, String path) {
        Dfa dfa = anyOf(texts, path);
        int elsewhere = dfa.firsts.size();
        dfa.firsts.add(new int[] {0});
        dfa.targets.add(new int[] {elsewhere});
        dfa.ends.add(false);
        for (int[] to : dfa.targets) {
            for (int i = 0; i < to.length; i++) {
                to[i] = to[i] == DEAD ? elsewhere : to[i];
            }
        }
        dfa.ends.replaceAll(end -> !end);
        return dfa;
    }

    private static Dfa determined(Nfa nfa, String path) {
        Dfa dfa = new Dfa();
        Map<BitSet, Integer> numbers = new HashMap<>();
        List<BitSet> open = new ArrayList<>();
        numbers.put(nfa.start(), 0);
        open.add(nfa.start());
        for (int at = 0; at < open.size(); at++) {
            if (at >= MAX_STATES) {
                throw new SchemaException(path, "a pattern is too large");
            }
            dfa.addState(nfa, open.get(at), numbers, open);
        }
        return dfa;
    }

    /** The strings that both allow. */
    static Dfa both(Dfa a, Dfa b, String path) {
        Dfa dfa = new Dfa();
        Map<List<Integer>, Integer> numbers = new HashMap<>();
        List<List<Integer>> open = new ArrayList<>(List.of(List.of(a.start(), b.start())));
        numbers.put(open.get(0), 0);
        for (int at = 0; at < open.size(); at++) {
            if (at >= MAX_STATES) {
                throw new SchemaException(path, "a pattern is too large");
            }
            int left = open.get(at).get(0);
            int right = open.get(at).get(1);
            int[] first = IntStream.concat(Arrays.stream(a.firsts.get(left)), Arrays.stream(b.firsts.get(right)))
                    .sorted()
                    .distinct()
                    .toArray();
            int[] target = new int[first.length];
            for (int i = 0; i < first.length; i++) {
                List<Integer> next = List.of(a.next(left, first[i]), b.next(right, first[i]));
                if (next.contains(DEAD)) {
                    target[i] = DEAD;
                    continue;
                }
                if (!numbers.containsKey(next)) {
                    numbers.put(next, open.size());
                    open.add(next);
                }
                target[i] = numbers.getOrDefault(next, DEAD);
            }
            dfa.firsts.add(first);
            dfa.targets.add(target);
            dfa.ends.add(a.ends.get(left) && b.ends.get(right));
        }
        return dfa;
    }

    private void addState(Nfa nfa, BitSet states, Map<BitSet, Integer> numbers, List<BitSet> open) {
        List<Nfa.Edge> edges = nfa.edges(states);
        TreeSet<Integer> cuts = new TreeSet<>(List.of(0));
        for (Nfa.Edge edge : edges) {
            for (CodePoints.Range range : edge.on().ranges()) {
                cuts.add(range.first());
                if (range.last() < CodePoints.MAX) {
                    cuts.add(range.last() + 1);
                }
            }
        }
        int[] first = cuts.stream().mapToInt(cut -> cut).toArray();
        int[] target = new int[first.length];
        for (int i = 0; i < first.length; i++) {
            BitSet reached = nfa.closure(reached(edges, first[i]));
            Integer number = reached.isEmpty() ? Integer.valueOf(DEAD) : numbers.get(reached);
            if (number == null) {
                number = numbers.size();
                numbers.put(reached, number);
                open.add(reached);
            }
            target[i] = number;
        }
        firsts.add(first);
        targets.add(target);
        ends.add(nfa.isEnd(states));
    }

    private static List<Integer> reached(List<Nfa.Edge> edges, int codePoint) {
        List<Integer> to = new ArrayList<>();
        for (Nfa.Edge edge : edges) {
            for (CodePoints.Range range : edge.on().ranges()) {
                if (range.first() <= codePoint && codePoint <= range.last()) {
                    to.add(edge.to());
                }
            }
        }
        return to;
    }

    @Override
    public int states() {
        return firsts.size();
    }

    @Override
    public int start() {
        return 0;
    }

    @Override
    public int next(int state, int codePoint) {
        int[] first = firsts.get(state);
        int found = Arrays.binarySearch(first, codePoint);
        return targets.get(state)[found >= 0 ? found : -found - 2];
    }

    @Override
    public boolean leadsOn(int state, int lowest, int highest, int least, int most) {
        int[] first = firsts.get(state);
        int[] target = targets.get(state);
        for (int i = 0; i < first.length; i++) {
            int last = i + 1 < first.length ? first[i + 1] - 1 : CodePoints.MAX;
            if (first[i] <= highest && last >= lowest && target[i] != DEAD && canEnd(target[i], least, most)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int fewest(int state, int least, int most) {
        int shortest = lengths().shortest(state);
        if (shortest >= least) {
            return shortest <= most ? shortest : -1;
        }
        return lengths().from(state, least, most);
    }

    @Override
    public int fewestAfter(int state, int lowest, int highest, int least, int most) {
        int[] first = firsts.get(state);
        int[] target = targets.get(state);
        int found = -1;
        for (int i = 0; i < first.length && first[i] <= highest; i++) {
            int last = i + 1 < first.length ? first[i + 1] - 1 : CodePoints.MAX;
            int after = last < lowest || target[i] == DEAD ? -1 : fewest(target[i], least, most);
            found = after < 0 || found >= 0 && found <= after ? found : after;
        }
        return found;
    }

    @Override
    public boolean canEnd(int state, int least, int most) {
        DfaLengths known = lengths();
        int shortest = known.shortest(state);
        if (shortest >= least || least > most) {
            return shortest <= most && least <= most;
        }
        // However many there may be, all that counts is whether there can be so many at all.
        return most >= StringForm.UNBOUNDED ? known.longest(state) >= least : known.from(state, least, most) >= 0;
    }

    @Override
    public int alike(int state, int characters) {
        return lengths().alike(characters)[state];
    }

    @Override
    public boolean isEndless() {
        return lengths().areEndless();
    }

    /** Worked out when it is first asked for: not every state of what is refused in the end is worth it. */
    private DfaLengths lengths() {
        DfaLengths known = lengths;
        if (known == null) {
            known = new DfaLengths(firsts, targets, ends);
            lengths = known;
        }
        return known;
    }

    @Override
    public int reserve(int state) {
        if (ends.get(state) && Arrays.stream(targets.get(state)).allMatch(to -> to == state)) {
            return 0;
        }
        return failing().get(state) ? -1 : firsts.size();
    }

    /** The states from which some characters lead nowhere. */
    private synchronized BitSet failing() {
        if (failing == null) {
            BitSet found = new BitSet();
            boolean more = true;
            while (more) {
                more = false;
                for (int state = 0; state < targets.size(); state++) {
                    if (!found.get(state)
                            && Arrays.stream(targets.get(state)).anyMatch(to -> to == DEAD || found.get(to))) {
                        found.set(state);
                        more = true;
                    }
                }
            }
            failing = found;
        }
        return failing;
    }
}
