package dev.millrace.gpu.generate.batch;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Divides a step's room for reading among those who have something to read. Half goes to the one that came first, so
 * that it always gets on; the rest goes to the shortest, so that a small prompt does not wait behind a large one.
 */
final class Share {

    private Share() {}

    /** What each gets, for what each has pending in order of arrival. */
    static int[] of(int budget, List<Integer> pending) {
        int[] granted = new int[pending.size()];
        if (granted.length == 0) {
            return granted;
        }
        granted[0] = Math.min(pending.get(0), (budget + 1) / 2);
        int left = budget - granted[0];
        int[] shortestFirst = IntStream.range(1, granted.length)
                .boxed()
                .sorted(Comparator.comparing(pending::get))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int i : shortestFirst) {
            granted[i] = Math.min(pending.get(i), left);
            left -= granted[i];
        }
        granted[0] += Math.min(pending.get(0) - granted[0], left);
        return granted;
    }

    /** Whether one more would still get something. */
    static boolean hasRoom(int budget, List<Integer> pending) {
        if (pending.isEmpty()) {
            return budget > 0;
        }
        long others = pending.stream().skip(1).mapToLong(Integer::longValue).sum();
        return others < budget - Math.min(pending.get(0), (budget + 1) / 2);
    }
}
