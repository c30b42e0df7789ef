package dev.millrace.gpu.generate.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Hours of conversations on a full cache: how much of what is read lies together, so that a device reads it in place, and
 * how much of what is asked is still remembered.
 */
class TogetherTest {

    private static final int BLOCK_TOKENS = 16;
    private static final int CHATS = 80;
    private static final int AT_ONCE = 12;
    private static final int TURNS = 500;
    private static final int SYSTEM_TOKENS = 20 * BLOCK_TOKENS;

    /** What conversations of one kind have in common. */
    private enum Load {
        ALONE(0, 0),
        SYSTEM_PROMPTS(3, 0),
        STRANGERS(0, 3);

        private final int systems;
        private final int strangers;

        /**
         * @param systems system prompts that conversations share
         * @param strangers requests without a history for each turn of a conversation
         */
        Load(int systems, int strangers) {
            this.systems = systems;
            this.strangers = strangers;
        }
    }

    private record Figures(double together, double hits) {}

    /** One after the other, many at once, each for a while. */
    private static final class Talk {
        private final Planner planner;
        private final Load load;
        private final Random random = new Random(4);
        private final Map<Sequence, Integer> ends = new LinkedHashMap<>();
        private final Map<Sequence, Integer> chats = new LinkedHashMap<>();
        private final int[][] histories = new int[CHATS][];
        private long arrivals;
        private long asked;
        private long readTokens;
        private long readTogether;

        Talk(Load load, int blocks) {
            this.load = load;
            planner = new Planner(blocks, BLOCK_TOKENS, AT_ONCE, 512);
            Arrays.setAll(histories, chat -> begun());
        }

        private int[] begun() {
            if (load.systems == 0) {
                return new int[0];
            }
            int system = random.nextInt(load.systems);
            return new Random(system).ints(SYSTEM_TOKENS, 0, 1000).toArray();
        }

        Figures run() {
            int turns = 0;
            while (turns < TURNS || !ends.isEmpty()) {
                while (turns < TURNS && ends.size() < AT_ONCE) {
                    if (random.nextInt(1 + load.strangers) == 0) {
                        turns += ask() ? 1 : 0;
                    } else {
                        add(random.ints(50 + random.nextInt(900), 0, 1000).toArray(), -1);
                    }
                }
                step();
            }
            return new Figures(
                    (double) readTogether / readTokens,
                    (double) planner.counts().sharedTokens() / asked);
        }

        /** The next turn of a conversation; a few are talked in more than most, and long ones are begun anew. */
        private boolean ask() {
            int chat = (int) (CHATS * Math.pow(random.nextDouble(), 2));
            if (chats.containsValue(chat)) {
                return false;
            }
            if (histories[chat].length > 3000) {
                histories[chat] = begun();
            }
            int[] before = histories[chat];
            int[] prompt = Arrays.copyOf(before, before.length + 20 + random.nextInt(300));
            for (int i = before.length; i < prompt.length; i++) {
                prompt[i] = random.nextInt(1000);
            }
            add(prompt, chat);
            return true;
        }

        private void add(int[] prompt, int chat) {
            Sequence sequence = new Sequence(arrivals++, prompt, prompt.length, true, null);
            planner.add(sequence);
            ends.put(sequence, prompt.length + 10 + random.nextInt(400));
            chats.put(sequence, chat);
            asked += prompt.length;
        }

        private void step() {
            Plan plan = planner.plan();
            for (Plan.Run run : plan.runs()) {
                readTokens += run.to();
                readTogether += run.sequence().liesTogether() ? run.to() : 0;
            }
            planner.ran(plan);
            for (Plan.Run run : plan.runs()) {
                if (run.last()) {
                    run.sequence().append(random.nextInt(1000));
                    endIfLong(run.sequence());
                }
            }
        }

        private void endIfLong(Sequence sequence) {
            if (sequence.length() < ends.getOrDefault(sequence, 0)) {
                return;
            }
            planner.end(sequence);
            ends.remove(sequence);
            int chat = chats.getOrDefault(sequence, -1);
            chats.remove(sequence);
            if (chat >= 0) {
                histories[chat] = sequence.tokens(0, sequence.length());
            }
        }
    }

    /** Taken block by block, whatever is oldest, no more than a hundredth would lie together, with two or three hundredths more hits. */
    @ParameterizedTest
    @CsvSource({"ALONE,6144,0.25,0.6", "SYSTEM_PROMPTS,6144,0.01,0.7", "STRANGERS,2048,0.7,0.04"})
    void contextsLieTogetherThoughTheCacheIsFull(Load load, int blocks, double together, double hits) {
        Figures figures = new Talk(load, blocks).run();
        assertThat(figures.together).as("%s", figures).isGreaterThan(together);
        assertThat(figures.hits).as("%s", figures).isGreaterThan(hits);
    }
}
