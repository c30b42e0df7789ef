package dev.millrace.gpu.model.schema;

import java.nio.IntBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** After how many more characters each state of a deterministic automaton can end, and which states nearly are the same. */
final class DfaLengths {

    private static final int NEVER = Integer.MAX_VALUE;

    /** Longer than this no string is counted exactly: past it, being able to go on counts as being able to end. */
    private static final int MAX_COUNTED = 4096;

    private final List<int[]> firsts;
    private final List<int[]> targets;
    private final List<Boolean> ends;
    private final int[] shortest;
    private final int[] longest;
    private final boolean endless;

    /** For each state the numbers of characters after which it can end, as far as they were asked for. */
    private final BitSet[] endingAfter;

    private int counted;
    private final Map<Integer, int[]> alike = new HashMap<>();

    DfaLengths(List<int[]> firsts, List<int[]> targets, List<Boolean> ends) {
        this.firsts = firsts;
        this.targets = targets;
        this.ends = ends;
        List<List<Integer>> sources = sources();
        shortest = shortest(sources);
        longest = longest(sources);
        endless = live().allMatch(state -> longest[state] == NEVER);
        endingAfter = new BitSet[targets.size()];
        Arrays.setAll(endingAfter, state -> new BitSet());
    }

    private IntStream live() {
        return IntStream.range(0, shortest.length).filter(state -> shortest[state] != NEVER);
    }

    private List<List<Integer>> sources() {
        List<List<Integer>> sources = new ArrayList<>();
        targets.forEach(any -> sources.add(new ArrayList<>(2)));
        for (int state = 0; state < targets.size(); state++) {
            for (int target : Arrays.stream(targets.get(state)).distinct().toArray()) {
                if (target != TextMatcher.DEAD) {
                    sources.get(target).add(state);
                }
            }
        }
        return sources;
    }

    private int[] shortest(List<List<Integer>> sources) {
        int[] distance = new int[targets.size()];
        Arrays.fill(distance, NEVER);
        Deque<Integer> open = new ArrayDeque<>();
        for (int state = 0; state < distance.length; state++) {
            if (ends.get(state)) {
                distance[state] = 0;
                open.add(state);
            }
        }
        while (!open.isEmpty()) {
            int state = open.removeFirst();
            for (int source : sources.get(state)) {
                if (distance[source] == NEVER) {
                    distance[source] = distance[state] + 1;
                    open.addLast(source);
                }
            }
        }
        return distance;
    }

    /** From the states that lead nowhere backwards; those that are never reached so can go on for ever. */
    private int[] longest(List<List<Integer>> sources) {
        int[] most = new int[targets.size()];
        int[] left = new int[targets.size()];
        Deque<Integer> open = new ArrayDeque<>();
        live().forEach(state -> {
            left[state] = (int) Arrays.stream(targets.get(state))
                    .distinct()
                    .filter(this::isLive)
                    .count();
            most[state] = NEVER;
            if (left[state] == 0) {
                most[state] = 0;
                open.add(state);
            }
        });
        while (!open.isEmpty()) {
            int state = open.removeFirst();
            for (int source : sources.get(state)) {
                if (--left[source] == 0) {
                    most[source] = 1
                            + Arrays.stream(targets.get(source))
                                    .filter(this::isLive)
                                    .map(to -> most[to])
                                    .max()
                                    .orElse(-1);
                    open.addLast(source);
                }
            }
        }
        return most;
    }

    private boolean isLive(int state) {
        return state != TextMatcher.DEAD && shortest[state] != NEVER;
    }

    /** The fewest characters after which a state can end. */
    int shortest(int state) {
        return shortest[state];
    }

    /** The most characters after which it can, as good as without a bound where there is none. */
    int longest(int state) {
        return longest[state];
    }

    /** Whether a string can go on for as long as it likes wherever it stands. */
    boolean areEndless() {
        return endless;
    }

    /** The fewest characters within the bounds after which a state can end; negative where there are none. */
    synchronized int from(int state, int least, int most) {
        int from = Math.min(least, MAX_COUNTED);
        int to = Math.min(most, Math.min(MAX_COUNTED, least + targets.size()));
        int found = endingAfter[state].nextSetBit(from);
        while (found < 0 && counted <= to) {
            count();
            found = endingAfter[state].nextSetBit(from);
        }
        return found <= to ? found : -1;
    }

    private void count() {
        for (int state = 0; state < endingAfter.length; state++) {
            endingAfter[state].set(counted, counted == 0 ? ends.get(state) : leads(state, counted - 1));
        }
        counted++;
    }

    private boolean leads(int state, int before) {
        for (int target : targets.get(state)) {
            if (target != TextMatcher.DEAD && endingAfter[target].get(before)) {
                return true;
            }
        }
        return false;
    }

    /** For each state the first of all that cannot be told from it by so many characters. */
    synchronized int[] alike(int characters) {
        return alike.computeIfAbsent(characters, this::refined);
    }

    private int[] refined(int characters) {
        int[] classes = new int[targets.size()];
        for (int state = 0; state < classes.length; state++) {
            classes[state] = !isLive(state) ? 0 : ends.get(state) ? 1 : 2;
        }
        int known = 0;
        for (int round = 0; round < characters; round++) {
            Map<IntBuffer, Integer> numbers = new HashMap<>();
            int[] finer = new int[classes.length];
            for (int state = 0; state < classes.length; state++) {
                int next = numbers.size();
                Integer same = numbers.putIfAbsent(signature(state, classes), next);
                finer[state] = same == null ? next : same;
            }
            classes = finer;
            if (numbers.size() == known) {
                break;
            }
            known = numbers.size();
        }
        int[] first = new int[classes.length];
        Arrays.fill(first, TextMatcher.DEAD);
        int[] all = new int[classes.length];
        for (int state = 0; state < all.length; state++) {
            first[classes[state]] = first[classes[state]] == TextMatcher.DEAD ? state : first[classes[state]];
            all[state] = first[classes[state]];
        }
        return all;
    }

    /** What a state is, and where its characters lead, ranges that lead to the same taken together. */
    private IntBuffer signature(int state, int[] classes) {
        int[] first = firsts.get(state);
        int[] target = targets.get(state);
        int[] signature = new int[1 + 2 * first.length];
        signature[0] = classes[state];
        int size = 1;
        int before = NEVER;
        for (int range = 0; range < first.length; range++) {
            int leads = isLive(target[range]) ? classes[target[range]] : TextMatcher.DEAD;
            if (leads != before) {
                signature[size++] = first[range];
                signature[size++] = leads;
                before = leads;
            }
        }
        return IntBuffer.wrap(signature, 0, size);
    }
}
