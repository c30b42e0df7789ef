package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.gpu.generate.djl.Span.Output;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BeginningsTest {

    private static final int BLOCK = 4;

    @Test
    void whoeverBeginsWithTheSameBlocksSharesThem() {
        assertThat(found(span(13, 1, 2, 3, 10), span(15, 7, 8, 9, 6), span(14, 1, 2, 3, 11)))
                .containsExactly("[0, 2] 3");
    }

    /** The block that a token is being added to may be full only after the step. */
    @Test
    void whatIsNotReadYetIsNotShared() {
        assertThat(found(span(12, 1, 2, 3), span(12, 1, 2, 3))).containsExactly("[0, 1] 2");
        assertThat(found(span(9, 1, 2, 3), span(13, 1, 2, 3, 4))).containsExactly("[0, 1] 2");
    }

    @Test
    void aBlockAloneIsNotWorthIt() {
        assertThat(found(span(10, 1, 2, 3), span(10, 1, 4, 5))).isEmpty();
        assertThat(found(span(10, 1, 2, 3))).isEmpty();
    }

    /** Three with 5 blocks in common, of whom two have 31: what the third has is then nobody else's. */
    @Test
    void fewWithMuchInCommonShareThatAndTheOthersWhatAllHave() {
        int[] all = {1, 2, 3, 4, 5};
        Span one = span(BLOCK * 31 + 1, joined(joined(all, IntStream.range(100, 126)), IntStream.of(7)));
        Span other = span(BLOCK * 31 + 1, joined(joined(all, IntStream.range(100, 126)), IntStream.of(8)));
        Span third = span(BLOCK * 6 + 1, joined(all, IntStream.of(9, 10)));
        assertThat(found(one, other, third)).containsExactly("[0, 1] 31");

        List<Span> many = new ArrayList<>(List.of(one, other));
        for (int i = 0; i < 40; i++) {
            many.add(span(BLOCK * 6 + 1, joined(all, IntStream.of(200 + i, 300 + i))));
        }
        String others = Arrays.toString(IntStream.range(2, 42).toArray());
        assertThat(found(many.toArray(Span[]::new))).containsExactlyInAnyOrder("[0, 1] 31", others + " 5");
    }

    /** Sequences that grow out of one another, as answers and turns do. */
    @Test
    void savesAsMuchAsCanBeSaved() {
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            List<int[]> tables = new ArrayList<>(List.of(new int[0]));
            int fresh = 0;
            while (tables.size() < 8) {
                int[] from = tables.get(random.nextInt(tables.size()));
                int[] kept = Arrays.copyOf(from, random.nextInt(from.length + 1));
                int more = 1 + random.nextInt(5);
                tables.add(joined(kept, IntStream.range(fresh, fresh + more)));
                fresh += more;
            }
            Span[] spans = tables.stream()
                    .filter(table -> table.length > 0)
                    .map(table -> span(table.length * BLOCK - random.nextInt(BLOCK), table))
                    .toArray(Span[]::new);
            List<Beginnings.Shared> shared = Beginnings.of(spans, all(spans), BLOCK);
            assertFits(spans, shared);
            long saved = shared.stream()
                    .mapToLong(one -> (long) one.blocks() * (one.members().length - 1))
                    .sum();
            assertThat(saved)
                    .isEqualTo(most(
                            spans,
                            new HashSet<>(IntStream.of(all(spans)).boxed().toList())));
        }
    }

    private static void assertFits(Span[] spans, List<Beginnings.Shared> shared) {
        Set<Integer> seen = new HashSet<>();
        for (Beginnings.Shared one : shared) {
            int[] first = Arrays.copyOf(spans[one.members()[0]].blocks(), one.blocks());
            for (int member : one.members()) {
                assertThat(seen.add(member)).isTrue();
                assertThat(Arrays.copyOf(spans[member].blocks(), one.blocks())).isEqualTo(first);
                assertThat(spans[member].start()).isGreaterThanOrEqualTo(one.blocks() * BLOCK);
            }
        }
    }

    /** By trying for the first of those that are left whom it could share with, and how much. */
    private static long most(Span[] spans, Set<Integer> left) {
        if (left.isEmpty()) {
            return 0;
        }
        int first = left.iterator().next();
        Set<Integer> others = new HashSet<>(left);
        others.remove(first);
        long most = most(spans, others);
        for (int blocks = 2; blocks <= spans[first].start() / BLOCK; blocks++) {
            Set<Integer> alike = new HashSet<>();
            for (int other : others) {
                boolean same = spans[other].start() / BLOCK >= blocks
                        && Arrays.mismatch(spans[first].blocks(), 0, blocks, spans[other].blocks(), 0, blocks) < 0;
                if (same) {
                    alike.add(other);
                }
            }
            for (int taking = 1; taking < 1 << alike.size(); taking++) {
                Set<Integer> rest = new HashSet<>(others);
                List<Integer> listed = List.copyOf(alike);
                for (int i = 0; i < listed.size(); i++) {
                    if ((taking & 1 << i) != 0) {
                        rest.remove(listed.get(i));
                    }
                }
                long saved = (long) blocks * (others.size() - rest.size());
                most = Math.max(most, saved + most(spans, rest));
            }
        }
        return most;
    }

    private static List<String> found(Span... spans) {
        return Beginnings.of(spans, all(spans), BLOCK).stream()
                .map(shared ->
                        Arrays.toString(IntStream.of(shared.members()).sorted().toArray()) + " " + shared.blocks())
                .toList();
    }

    private static int[] all(Span[] spans) {
        return IntStream.range(0, spans.length).toArray();
    }

    private static Span span(int end, int... blocks) {
        return new Span(new int[] {1}, end - 1, blocks, Output.DRAW);
    }

    private static int[] joined(int[] first, IntStream then) {
        return IntStream.concat(IntStream.of(first), then).toArray();
    }
}
