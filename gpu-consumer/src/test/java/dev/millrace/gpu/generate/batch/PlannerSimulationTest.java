package dev.millrace.gpu.generate.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random loads on small pools, with a cache that only remembers tokens: what a step reads must always be what was written. */
class PlannerSimulationTest {

    private static final int BLOCK_TOKENS = 4;
    private static final int BLOCKS = 24;
    private static final int BUDGET = 12;
    private static final int BATCH = 5;

    private final int[] cache = new int[BLOCKS * BLOCK_TOKENS];
    private final Planner planner = new Planner(BLOCKS, BLOCK_TOKENS, BATCH, BUDGET);
    private final Map<Sequence, Integer> wanted = new LinkedHashMap<>();
    private long arrivals;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everySequenceReadsWhatItWroteAndEnds(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 3_000; step++) {
            if (random.nextInt(6) == 0 && wanted.size() < 12) {
                arrive(random);
            }
            List<Sequence> present = List.copyOf(wanted.keySet());
            if (random.nextInt(40) == 0 && !present.isEmpty()) {
                leave(present.get(random.nextInt(present.size())));
            }
            if (random.nextInt(10) == 0 && !present.isEmpty()) {
                present.get(random.nextInt(present.size())).pause(random.nextBoolean());
            }
            run(random);
        }
        wanted.keySet().forEach(sequence -> sequence.pause(false));
        for (int step = 0; !wanted.isEmpty(); step++) {
            assertThat(step).as("everything ends, seed %d", seed).isLessThan(5_000);
            run(random);
        }
        assertThat(planner.freeBlocks()).isEqualTo(BLOCKS);
        assertThat(planner.counts().preemptions()).isPositive();
        assertThat(planner.counts().sharedTokens()).isPositive();
        assertThat(planner.counts().chunks()).isPositive();
    }

    private void arrive(Random random) {
        int prompt = 1 + random.nextInt(40);
        int topic = random.nextInt(3);
        int delivered = random.nextInt(4) == 0 ? 1 + random.nextInt(10) : 0;
        int[] tokens = random.ints(prompt + delivered, 0, 5).toArray();
        Arrays.setAll(tokens, i -> i < 16 ? topic : tokens[i]);
        int choices = 1 + random.nextInt(3);
        Sequence elder = null;
        for (int choice = 0; choice < choices; choice++) {
            Sequence sequence = new Sequence(arrivals++, tokens, prompt, random.nextInt(8) != 0, elder);
            elder = elder == null ? sequence : elder;
            planner.add(sequence, choice);
            int length = tokens.length;
            wanted.put(sequence, length + 1 + random.nextInt(BLOCKS * BLOCK_TOKENS - length - 1));
        }
    }

    private void leave(Sequence sequence) {
        planner.end(sequence);
        wanted.remove(sequence);
    }

    private void run(Random random) {
        Plan whole = planner.plan();
        checkBooks();
        assertThat(whole.isEmpty() && wanted.keySet().stream().noneMatch(Sequence::isPaused))
                .as("work is done while there is some")
                .isEqualTo(wanted.isEmpty());
        // Of some it is not known yet how they are to be drawn.
        Plan plan = random.nextInt(4) > 0
                ? whole
                : new Plan(whole.runs().stream()
                        .filter(run -> random.nextBoolean())
                        .toList());
        assertThat(plan.runs().size()).isLessThanOrEqualTo(BATCH);
        assertThat(plan.runs().stream()
                        .filter(run -> run.count() > 1)
                        .mapToInt(Plan.Run::count)
                        .sum())
                .isLessThanOrEqualTo(BUDGET);
        Set<Integer> written = new HashSet<>();
        for (Plan.Run run : plan.runs()) {
            write(run, written);
        }
        for (Plan.Run run : plan.runs()) {
            read(run);
        }
        if (random.nextInt(20) == 0) {
            return; // The step failed half-way, and comes again.
        }
        planner.ran(plan);
        for (Plan.Run run : plan.runs()) {
            if (run.last()) {
                run.sequence().append(random.nextInt(5));
            }
            if (run.sequence().length() >= wanted.getOrDefault(run.sequence(), 0)) {
                leave(run.sequence());
            }
        }
    }

    /** A block is free or held by who has it in its table; only the first blocks of a sequence are others' as well. */
    private void checkBooks() {
        assertThat(planner.running() + planner.waiting()).isEqualTo(wanted.size());
        Map<Integer, Integer> holders = new HashMap<>();
        for (Sequence sequence : wanted.keySet()) {
            for (int i = 0; i < sequence.blockCount(); i++) {
                holders.merge(sequence.block(i), 1, Integer::sum);
            }
        }
        assertThat(planner.freeBlocks()).isEqualTo(BLOCKS - holders.size());
        for (Sequence sequence : wanted.keySet()) {
            for (int i = sequence.computed() / BLOCK_TOKENS; i < sequence.blockCount(); i++) {
                assertThat(holders).as("what is still written is one's own").containsEntry(sequence.block(i), 1);
            }
        }
    }

    private void write(Plan.Run run, Set<Integer> written) {
        int[] table = run.sequence().blockTable(run.to(), BLOCK_TOKENS);
        for (int i = run.from(); i < run.to(); i++) {
            int slot = table[i / BLOCK_TOKENS] * BLOCK_TOKENS + i % BLOCK_TOKENS;
            assertThat(written.add(slot))
                    .as("nobody writes where another writes")
                    .isTrue();
            cache[slot] = run.sequence().token(i);
        }
    }

    private void read(Plan.Run run) {
        int[] table = run.sequence().blockTable(run.to(), BLOCK_TOKENS);
        for (int i = 0; i < run.to(); i++) {
            assertThat(cache[table[i / BLOCK_TOKENS] * BLOCK_TOKENS + i % BLOCK_TOKENS])
                    .isEqualTo(run.sequence().token(i));
        }
    }
}
