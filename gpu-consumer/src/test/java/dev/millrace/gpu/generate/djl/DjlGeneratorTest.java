package dev.millrace.gpu.generate.djl;

import static dev.millrace.gpu.generate.djl.FakeModel.VOCABULARY;
import static dev.millrace.gpu.generate.djl.FakeModel.prompt;
import static dev.millrace.gpu.generate.djl.LoopTest.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import dev.millrace.gpu.generate.Generation;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a generator takes, and what becomes of a task that it cannot serve to its end. */
class DjlGeneratorTest {

    private final FakeModel model = new FakeModel();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void aBiasForWhatIsNoTokenIsRefusedByName() {
        Heard heard = new Heard();
        Sampling.Builder sampling = Asked.greedy(2).setLogitBias(Map.of(Integer.toString(VOCABULARY), 1.0));
        model.generator.start(Asked.task(Asked.completion("a", prompt(5, 1), sampling)), heard);
        heard.awaitEnd();
        assertThat(heard.failure).satisfies(failure -> {
            assertThat(failure.getStatus()).isEqualTo(400);
            assertThat(failure.getParam()).isEqualTo("logit_bias." + VOCABULARY);
        });
        String last = Integer.toString(VOCABULARY - 1);
        assertThat(model.run("b", prompt(5, 1), Asked.greedy(2).setLogitBias(Map.of(last, 1.0)))
                        .tokens(0))
                .hasSize(2);
    }

    @Test
    void whatDoesNotFitTheContextIsRefusedByName() {
        Heard heard = new Heard();
        model.generator.start(Asked.task(Asked.completion("a", prompt(250, 1), Asked.greedy(7))), heard);
        heard.awaitEnd();
        assertThat(heard.failure).satisfies(failure -> {
            assertThat(failure.getStatus()).isEqualTo(400);
            assertThat(failure.getType()).isEqualTo("invalid_request_error");
            assertThat(failure.getCode()).isEqualTo("context_length_exceeded");
            assertThat(failure.getParam()).isEqualTo("prompt");
        });
        assertThat(model.run("b", prompt(250, 1), Asked.greedy(6).setIgnoreEos(true))
                        .tokens(0))
                .hasSize(6);
        Heard open = model.run(
                "c",
                prompt(250, 1),
                Sampling.newBuilder().setSeed(1).setTemperature(0.0).setIgnoreEos(true));
        assertThat(open.tokens(0)).as("as many as the context holds").hasSize(6);
    }

    @Test
    void whatCannotBeServedIsRefusedByName() {
        Heard chat = new Heard();
        model.generator.start(
                Asked.task(Asked.chat("a", "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", Asked.greedy(1))),
                chat);
        assertThat(chat.awaitEnd().failure).isNotNull();
        Heard form = new Heard();
        model.generator.start(
                Asked.task(Asked.request(
                        "b",
                        RequestKind.COMPLETION,
                        "{\"prompt\":[1]}",
                        Asked.greedy(1),
                        request -> request.setResponseFormat("{\"type\":\"json_object\"}"))),
                form);
        assertThat(form.awaitEnd().failure)
                .satisfies(failure -> assertThat(failure.getParam()).isEqualTo("response_format"));
        for (String prompt : List.of(
                "{}",
                "{\"prompt\":[]}",
                "{\"prompt\":[9999]}",
                "{\"prompt\":[[1],{}]}",
                "{\"prompt\":[-1]}",
                "nonsense")) {
            Heard bad = new Heard();
            model.generator.start(
                    Asked.task(Asked.request("c", RequestKind.COMPLETION, prompt, Asked.greedy(1), r -> {})), bad);
            assertThat(bad.awaitEnd().failure)
                    .satisfies(failure -> assertThat(failure.getStatus()).isEqualTo(400));
        }
        assertThat(model.generator.load().freeSlots()).isEqualTo(4);
    }

    @Test
    void aWorkerThatIsFullSaysSo() {
        model.engine.steps = new Semaphore(1);
        Heard held = new Heard();
        model.generator.start(
                Asked.task(Asked.completion("a", prompt(5, 1), Asked.greedy(50).setChoices(6))), held);
        soon().until(() -> model.engine.steps.hasQueuedThreads());
        assertThat(model.generator.load().freeSlots()).isZero();
        assertThat(model.generator.load().tokenBacklog()).isGreaterThan(250);
        Heard late = new Heard();
        model.generator.start(Asked.task(Asked.completion("b", prompt(5, 1), Asked.greedy(5))), late);
        assertThat(late.awaitEnd().failure).satisfies(failure -> {
            assertThat(failure.getStatus()).isEqualTo(503);
            assertThat(failure.getRetryAfterMillis()).isPositive();
        });
        model.engine.steps.release(1_000_000);
        held.awaitFinished();
        soon().until(() -> model.generator.load().freeSlots() == 4
                && model.generator.load().tokenBacklog() == 0);
    }

    @Test
    void aCancelledTaskIsSilentAndItsRoomIsFree() {
        model.engine.steps = new Semaphore(4);
        Heard heard = new Heard();
        Generation generation = model.generator.start(
                Asked.task(Asked.completion(
                        "a", prompt(20, 6), Asked.greedy(200).setIgnoreEos(true).setChoices(2))),
                heard);
        soon().until(() -> !heard.pieces.isEmpty());
        soon().until(() -> model.engine.steps.hasQueuedThreads());
        generation.cancel();
        int said = heard.pieces.size();
        model.engine.steps.release();
        soon().until(() -> model.generator.load().freeSlots() == 4
                && model.generator.load().kvBlocksUsed() == 0);
        assertThat(heard.pieces).hasSize(said);
        assertThat(heard.isEnded()).isFalse();
    }

    @Test
    void aTaskWhoseSinkIsBehindIsSparedUntilItIsNot() {
        Heard slow = new Heard();
        slow.behind = true;
        model.generator.start(Asked.task(Asked.completion("a", prompt(5, 1), Asked.greedy(5))), slow);
        model.run("b", prompt(5, 2), Asked.greedy(5));
        assertThat(slow.pieces).isEmpty();
        slow.behind = false;
        slow.awaitFinished();
    }

    @Test
    void aBrokenStepFailsThoseInItAndTheLoopGoesOn() {
        model.engine.broken = true;
        Heard heard = new Heard();
        model.generator.start(Asked.task(Asked.completion("a", prompt(5, 1), Asked.greedy(5))), heard);
        assertThat(heard.awaitEnd().failure)
                .satisfies(failure -> assertThat(failure.getStatus()).isEqualTo(500));
        model.engine.broken = false;
        model.run("b", prompt(5, 1), Asked.greedy(5));
    }
}
