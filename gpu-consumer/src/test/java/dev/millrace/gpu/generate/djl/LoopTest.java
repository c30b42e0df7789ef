package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.event.RequestKind;
import dev.millrace.gpu.generate.Generation;
import dev.millrace.gpu.generate.batch.MaskFactory;
import dev.millrace.gpu.model.checkpoint.GenerationDefaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whom a step serves, and that nobody's trouble becomes another's. */
class LoopTest {

    static final Path DIRECTORY = Path.of("src/test/resources/goldens/checkpoints/qwen3");
    static final int VOCABULARY = 500;
    static final int END = 499;
    static final int MANY = 1_000_000;

    private final DjlTokenizer tokenizer = DjlTokenizer.load(DIRECTORY);
    private final FakeEngine engine = new FakeEngine(VOCABULARY, 512, 8, 128, hash -> hash % 490);
    private final DjlGenerator generator = FakeEngine.generator(engine, tokenizer, END, 4, 8);

    @AfterEach
    void close() {
        letAllRun();
        generator.close();
    }

    private void letAllRun() {
        if (engine.steps.availablePermits() < MANY) {
            engine.steps.release(MANY);
        }
    }

    static ConditionFactory soon() {
        return await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(2));
    }

    /** Step by step until one has several sequences in it, without anybody getting far. */
    private void runUntilTogether() {
        AtomicBoolean together = new AtomicBoolean();
        engine.watcher = engine.watcher.andThen(
                step -> together.compareAndSet(false, step.spans().size() > 1));
        soon().until(() -> {
            if (!together.get() && engine.steps.hasQueuedThreads()) {
                engine.steps.release();
            }
            return together.get();
        });
    }

    static int[] prompt(int length, int topic) {
        return IntStream.range(0, length).map(i -> (i * 11 + topic) % 480).toArray();
    }

    private Generation start(String id, int[] prompt, int maxTokens, Heard heard) {
        return generator.start(Asked.task(Asked.completion(id, prompt, Asked.greedy(maxTokens))), heard);
    }

    @Test
    void aLongPromptHoldsUpNobodyWhoWrites() {
        engine.steps = new Semaphore(8);
        Heard writing = new Heard();
        start("a", prompt(5, 1), 400, writing);
        soon().until(() -> engine.steps.hasQueuedThreads());
        Heard reading = new Heard();
        List<Step> seen = Collections.synchronizedList(new ArrayList<>());
        engine.watcher = seen::add;
        start("b", prompt(400, 2), 2, reading);
        runUntilTogether();
        letAllRun();
        reading.awaitFinished();
        writing.awaitFinished();
        List<Step> chunked = seen.stream()
                .filter(step -> step.spans().stream().anyMatch(span -> span.tokens().length > 1))
                .toList();
        assertThat(chunked).hasSizeGreaterThanOrEqualTo(400 / FakeEngine.READ_BUDGET - 1);
        assertThat(chunked).allSatisfy(step -> {
            assertThat(step.spans()).as("one writes, one reads").hasSize(2);
            assertThat(step.spans().stream()
                            .mapToInt(span -> span.tokens().length)
                            .filter(length -> length > 1)
                            .sum())
                    .isLessThanOrEqualTo(FakeEngine.READ_BUDGET);
        });
    }

    @Test
    void aShortPromptDoesNotWaitForALongOne() {
        engine.steps = new Semaphore(1);
        Heard reading = new Heard();
        start("a", prompt(400, 1), 2, reading);
        soon().until(() -> engine.steps.hasQueuedThreads());
        AtomicBoolean overtaken = new AtomicBoolean();
        Heard quick = new Heard(heard -> overtaken.compareAndSet(false, !reading.pieces.isEmpty()));
        start("b", prompt(10, 2), 2, quick);
        runUntilTogether();
        letAllRun();
        quick.awaitFinished();
        reading.awaitFinished();
        assertThat(overtaken).isFalse();
    }

    /** The step that runs when the word comes, and at most one more. */
    @Test
    void whatIsCancelledGetsAtMostTwoMoreSteps() {
        for (int round = 0; round < 10; round++) {
            engine.steps = new Semaphore(round + 2);
            int topic = 10 * round;
            Heard heard = new Heard();
            Heard other = new Heard();
            Generation generation = start("a" + round, prompt(30 + round, topic), 300, heard);
            start("b" + round, prompt(9, topic + 5), 40 + round, other);
            runUntilTogether();
            soon().until(() -> engine.steps.hasQueuedThreads());
            AtomicInteger after = new AtomicInteger();
            generation.cancel();
            engine.watcher = step -> {
                if (step.spans().size() > 1) {
                    after.incrementAndGet();
                }
            };
            letAllRun();
            other.awaitFinished();
            assertThat(after.get()).as("steps with both, round %d", round).isLessThanOrEqualTo(1);
            engine.watcher = step -> {};
            soon().until(() -> generator.load().kvBlocksUsed() == 0);
        }
    }

    private Heard embed(int texts) {
        String input = IntStream.range(0, texts)
                .mapToObj(text -> Arrays.toString(prompt(20, 7 * text)))
                .collect(Collectors.joining(",", "{\"input\":[", "]}"));
        Heard heard = new Heard();
        generator.start(Asked.task(Asked.request("e", RequestKind.EMBEDDING, input, Asked.greedy(1), r -> {})), heard);
        return heard;
    }

    @Test
    void whoWritesDoesNotWaitForAllTextsThatAnotherHasRead() {
        engine.steps = new Semaphore(3);
        Heard reading = embed(200);
        soon().until(() -> engine.steps.hasQueuedThreads());
        long before = generator.load().tokenBacklog();
        AtomicInteger read = new AtomicInteger(-1);
        Heard writing = new Heard(heard -> read.compareAndSet(-1, reading.pieces.size()));
        start("a", prompt(10, 2), 5, writing);
        soon().until(() -> generator.load().tokenBacklog() == before + 15);
        letAllRun();
        writing.awaitFinished();
        reading.awaitFinished();
        assertThat(read).hasValueLessThan(20);
    }

    @Test
    void manyTextsTakeNoMoreThanHalfOfTheSlotsAndManyPromptsAll() {
        engine.steps = new Semaphore(0);
        Heard reading = embed(50);
        soon().until(() -> generator.load().freeSlots() == 2);
        letAllRun();
        reading.awaitFinished();
        soon().until(() -> generator.load().freeSlots() == 4);

        engine.steps = new Semaphore(0);
        String prompts = "{\"prompt\":[[1,2,3],[4,5,6],[7,8,9]]}";
        Heard writing = new Heard();
        generator.start(
                Asked.task(Asked.request("c", RequestKind.COMPLETION, prompts, Asked.greedy(5), r -> {})), writing);
        soon().until(() -> generator.load().freeSlots() == 1);
        letAllRun();
        writing.awaitFinished();
        soon().until(() -> generator.load().freeSlots() == 4);
    }

    @Test
    void theBacklogHoldsWhatIsPreparedAndNotYetTakenIn() {
        engine.steps = new Semaphore(0);
        Heard first = new Heard();
        start("a", prompt(20, 1), 30, first);
        soon().until(() -> engine.steps.hasQueuedThreads());
        assertThat(generator.load().tokenBacklog()).isEqualTo(50);
        Heard second = new Heard();
        start("b", prompt(100, 2), 60, second);
        soon().until(() -> generator.load().tokenBacklog() == 210);
        letAllRun();
        first.awaitFinished();
        second.awaitFinished();
        soon().until(() -> generator.load().tokenBacklog() == 0);
    }

    @Test
    void aSinkThatThrowsLosesItsTaskAndNobodyElses() {
        engine.steps = new Semaphore(0);
        Heard heard = new Heard();
        start("a", prompt(9, 1), 30, heard);
        Heard broken = new Heard(one -> {
            throw new IllegalStateException("nobody listens");
        });
        start("b", prompt(9, 2), 30, broken);
        letAllRun();
        heard.awaitFinished();
        assertThat(heard.tokens(0)).hasSize(30);
        assertThat(broken.awaitEnd().failure).isNotNull();
        soon().until(() -> generator.load().freeSlots() == 4);
        start("c", prompt(9, 3), 5, new Heard());
        soon().until(() -> generator.load().kvBlocksUsed() == 0);
    }

    /** As a sequence would that the device cannot take. */
    @Test
    void whoMakesAStepFailTakesNobodyAlong() {
        engine.steps = new Semaphore(0);
        AtomicInteger together = new AtomicInteger();
        engine.watcher = step -> {
            if (step.spans().stream().anyMatch(span -> span.end() == 303)) {
                together.accumulateAndGet(step.spans().size(), Math::max);
                throw new IllegalStateException("too much for the device");
            }
        };
        Heard poisonous = new Heard();
        start("a", prompt(300, 1), 30, poisonous);
        List<Heard> others = List.of(new Heard(), new Heard());
        start("b", prompt(9, 2), 100, others.get(0));
        start("c", prompt(9, 3), 100, others.get(1));
        soon().until(() -> generator.load().tokenBacklog() == 330 + 2 * 109);
        letAllRun();
        assertThat(poisonous.awaitEnd().failure).isNotNull();
        assertThat(others)
                .allSatisfy(other -> assertThat(other.awaitFinished().tokens(0)).hasSize(100));
        assertThat(together).hasValue(3);
        soon().until(() -> generator.load().freeSlots() == 4 && generator.load().kvBlocksUsed() == 0);
    }

    @Test
    void whatIsCancelledTwiceOrAfterItsEndIsCancelledOnce() {
        Heard heard = new Heard();
        Generation generation = start("a", prompt(9, 1), 3, heard);
        heard.awaitFinished();
        generation.cancel();
        generation.cancel();
        start("b", prompt(9, 1), 3, heard = new Heard());
        heard.awaitFinished();
        soon().until(() -> generator.load().freeSlots() == 4);
    }

    /** One while its prompt is being prepared, one while it waits for that. */
    @Test
    void whoIsLetGoOfBeforeItIsPreparedGivesBackItsSlots() {
        FakeEngine own = new FakeEngine(VOCABULARY, 512, 8, 128, hash -> hash % 490);
        GenerationDefaults defaults = new GenerationDefaults(List.of(END), false, null, null, null, null, null, null);
        Semaphore prepared = new Semaphore(0);
        MaskFactory masks = (request, prompt, most) -> {
            prepared.acquireUninterruptibly();
            return null;
        };
        try (DjlGenerator slow = FakeEngine.generator(own, DjlTokenizer.load(DIRECTORY), defaults, masks, 4, 8)) {
            Heard unheard = new Heard();
            Generation preparing =
                    slow.start(Asked.task(Asked.completion("a", prompt(9, 1), Asked.greedy(30))), unheard);
            soon().until(prepared::hasQueuedThreads);
            Generation waiting = slow.start(
                    Asked.task(
                            Asked.completion("b", prompt(9, 2), Asked.greedy(30).setChoices(2))),
                    unheard);
            assertThat(slow.load().freeSlots()).isEqualTo(1);
            preparing.cancel();
            waiting.cancel();
            prepared.release(MANY);
            soon().until(() -> slow.load().freeSlots() == 4 && slow.load().tokenBacklog() == 0);
            assertThat(unheard.pieces).isEmpty();
        }
    }
}
