package dev.millrace.gpu.generate.djl;

import static dev.millrace.gpu.generate.djl.LoopTest.DIRECTORY;
import static dev.millrace.gpu.generate.djl.LoopTest.END;
import static dev.millrace.gpu.generate.djl.LoopTest.MANY;
import static dev.millrace.gpu.generate.djl.LoopTest.VOCABULARY;
import static dev.millrace.gpu.generate.djl.LoopTest.prompt;
import static dev.millrace.gpu.generate.djl.LoopTest.soon;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** What an engine does while nobody asks for anything. */
class IdleLoopTest {

    private final FakeEngine engine = new FakeEngine(VOCABULARY, 512, 8, 128, hash -> hash % 490);

    private DjlGenerator generator() {
        return FakeEngine.generator(engine, DjlTokenizer.load(DIRECTORY), END, 4, 8);
    }

    private static Heard ask(DjlGenerator generator, int round) {
        Heard heard = new Heard();
        generator.start(Asked.task(Asked.completion("r" + round, prompt(3, round), Asked.greedy(300))), heard);
        return heard;
    }

    @Test
    void anEngineRestsAfterManySteps() {
        try (DjlGenerator generator = generator()) {
            for (int round = 0; round < 4; round++) {
                assertThat(engine.rests).hasValue(0);
                ask(generator, round).awaitFinished();
            }
            soon().until(() -> engine.rests.get() == 1);
        }
    }

    @Test
    void anEngineIsPreparedPartByPart() {
        engine.unprepared.set(3);
        try (DjlGenerator generator = generator()) {
            soon().until(() -> engine.unprepared.get() == 0);
            ask(generator, 1).awaitFinished();
        }
    }

    @Test
    void whoAsksDoesNotWaitForAllOfIt() {
        engine.unprepared.set(MANY);
        engine.preparations = new Semaphore(0);
        try (DjlGenerator generator = generator()) {
            Heard heard = ask(generator, 1);
            soon().until(() -> {
                if (engine.preparations.hasQueuedThreads()) {
                    engine.preparations.release();
                }
                return heard.isEnded();
            });
            assertThat(engine.unprepared).hasValueGreaterThan(MANY - 50);
            engine.preparations.release(MANY);
            soon().until(() -> engine.unprepared.get() == 0);
        }
    }
}
