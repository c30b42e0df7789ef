package dev.millrace.gpu.generate.djl;

import static dev.millrace.gpu.generate.djl.LoopTest.DIRECTORY;
import static dev.millrace.gpu.generate.djl.LoopTest.END;
import static dev.millrace.gpu.generate.djl.LoopTest.MANY;
import static dev.millrace.gpu.generate.djl.LoopTest.VOCABULARY;
import static dev.millrace.gpu.generate.djl.LoopTest.prompt;
import static dev.millrace.gpu.generate.djl.LoopTest.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.gpu.generate.Generation;
import dev.millrace.gpu.generate.batch.MaskFactory;
import dev.millrace.gpu.generate.batch.TokenMask;
import dev.millrace.gpu.model.checkpoint.GenerationDefaults;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The trouble that a mask has is trouble of those alone who are kept to it. */
class MaskedLoopTest {

    /** A mask that allows everything, once it is known. */
    private static TokenMask free(Runnable whenAsked, Runnable whenTold) {
        return new TokenMask() {
            @Override
            public BitSet allowed() {
                whenAsked.run();
                BitSet all = new BitSet();
                all.set(0, VOCABULARY);
                return all;
            }

            @Override
            public void advance(int token) {
                whenTold.run();
            }
        };
    }

    /** A generator that keeps to this mask what is called masked. */
    private static DjlGenerator masking(FakeEngine own, TokenMask mask) {
        GenerationDefaults defaults = new GenerationDefaults(List.of(END), false, null, null, null, null, null, null);
        MaskFactory masks = (request, prompt, most) -> request.getRequestId().equals("masked") ? mask : null;
        return FakeEngine.generator(own, DjlTokenizer.load(DIRECTORY), defaults, masks, 4, 8);
    }

    /** The third time that it is asked, or told of a token. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMaskThatFailsLosesItsTaskAndNobodyElses(boolean whenAsked) {
        FakeEngine own = new FakeEngine(VOCABULARY, 512, 8, 128, hash -> hash % 490);
        own.steps = new Semaphore(0);
        AtomicInteger times = new AtomicInteger();
        Runnable failing = () -> {
            if (times.incrementAndGet() == 3) {
                throw new StackOverflowError();
            }
        };
        Runnable fine = () -> {};
        try (DjlGenerator masking = masking(own, whenAsked ? free(failing, fine) : free(fine, failing))) {
            Heard heard = new Heard();
            masking.start(Asked.task(Asked.completion("other", prompt(9, 1), Asked.greedy(30))), heard);
            Heard masked = new Heard();
            masking.start(
                    Asked.task(Asked.completion(
                            "masked", prompt(9, 2), Asked.greedy(30).setChoices(2))),
                    masked);
            own.steps.release(MANY);
            heard.awaitFinished();
            assertThat(heard.tokens(0)).hasSize(30);
            assertThat(masked.awaitEnd().failure).isNotNull();
            soon().until(() -> masking.load().freeSlots() == 4 && masking.load().kvBlocksUsed() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMaskThatTakesLongHoldsUpNobodyElse(boolean cancelled) {
        FakeEngine own = new FakeEngine(VOCABULARY, 512, 8, 128, hash -> hash % 490);
        Semaphore known = new Semaphore(3);
        try (DjlGenerator masking = masking(own, free(known::acquireUninterruptibly, () -> {}))) {
            Heard masked = new Heard();
            Generation generation =
                    masking.start(Asked.task(Asked.completion("masked", prompt(9, 2), Asked.greedy(30))), masked);
            soon().until(known::hasQueuedThreads);
            for (int round = 0; round < 3; round++) {
                Heard heard = new Heard();
                masking.start(Asked.task(Asked.completion("other", prompt(9, 1), Asked.greedy(200))), heard);
                assertThat(heard.awaitFinished().tokens(0)).hasSize(200);
            }
            assertThat(masked.tokens(0)).hasSize(3);
            if (cancelled) {
                generation.cancel();
                soon().until(() ->
                        masking.load().freeSlots() == 4 && masking.load().kvBlocksUsed() == 0);
            }
            known.release(MANY);
            if (!cancelled) {
                assertThat(masked.awaitFinished().tokens(0)).hasSize(30);
            }
        }
    }
}
