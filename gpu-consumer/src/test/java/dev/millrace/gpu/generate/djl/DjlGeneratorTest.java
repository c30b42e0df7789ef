package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import dev.millrace.gpu.generate.Delivered;
import dev.millrace.gpu.generate.Generation;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.batch.MaskFactory;
import dev.millrace.gpu.model.checkpoint.GenerationDefaults;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The generator over a model that is none: who gets what, when, and how it ends. */
class DjlGeneratorTest {

    private static final Path DIRECTORY = Path.of("src/test/resources/goldens/checkpoints/qwen3");
    private static final int VOCABULARY = 500;
    private static final int END = 499;
    private static final int CONTEXT = 256;

    private final DjlTokenizer tokenizer = DjlTokenizer.load(DIRECTORY);
    private final FakeEngine engine =
            new FakeEngine(VOCABULARY, CONTEXT, 8, 64, hash -> hash % 61 == 0 ? END : hash % 490);
    private final DjlGenerator generator = FakeEngine.generator(engine, tokenizer, END, 4, 6);

    @AfterEach
    void close() {
        generator.close();
    }

    private static int[] prompt(int length, int topic) {
        return IntStream.range(0, length).map(i -> (i * 7 + topic) % 480).toArray();
    }

    private Heard run(String id, int[] prompt, Sampling.Builder sampling) {
        Heard heard = new Heard();
        generator.start(Asked.task(Asked.completion(id, prompt, sampling)), heard);
        return heard.awaitFinished();
    }

    @Test
    void anAnswerEndsAtItsLimitOrAtAnEndToken() {
        Heard limited = run("a", prompt(5, 1), Asked.greedy(6).setIgnoreEos(true));
        assertThat(limited.finishReason(0)).isEqualTo("length");
        assertThat(limited.tokens(0)).hasSize(6);
        assertThat(limited.promptTokens()).isEqualTo(5);
        assertThat(limited.cachedTokens()).isZero();

        Heard whole = run("b", prompt(5, 2), Asked.greedy(200));
        assertThat(whole.finishReason(0)).isEqualTo("stop");
        assertThat(whole.tokens(0)).endsWith(END);
        List<Integer> said = whole.tokens(0).subList(0, whole.tokens(0).size() - 1);
        assertThat(whole.text(0))
                .isEqualTo(tokenizer.decode(
                        said.stream().mapToInt(Integer::intValue).toArray(), true));
    }

    @Test
    void anAnswerWithoutALimitEndsWhereTheMakersOfTheModelHoldItForEnough() {
        GenerationDefaults defaults = new GenerationDefaults(List.of(END), false, null, null, null, null, null, 6);
        try (DjlGenerator limited = FakeEngine.generator(engine, tokenizer, defaults, 4, 6)) {
            Heard unasked = new Heard();
            limited.start(Asked.task(Asked.completion("a", prompt(5, 1), unlimited())), unasked);
            assertThat(unasked.awaitFinished().tokens(0)).hasSize(6);
            assertThat(unasked.finishReason(0)).isEqualTo("length");

            Heard nearTheEnd = new Heard();
            limited.start(Asked.task(Asked.completion("b", prompt(CONTEXT - 2, 1), unlimited())), nearTheEnd);
            assertThat(nearTheEnd.awaitFinished().tokens(0)).hasSize(2);

            Heard asked = new Heard();
            limited.start(
                    Asked.task(Asked.completion("c", prompt(5, 1), unlimited().setMaxTokens(9))), asked);
            assertThat(asked.awaitFinished().tokens(0)).hasSize(9);
        }
        assertThat(run("d", prompt(CONTEXT - 20, 1), unlimited()).tokens(0)).hasSize(20);
    }

    /** A form is closed in time only by what knows when that is. */
    @Test
    void aMaskIsToldHowManyTokensThereWillBeAtMost() {
        GenerationDefaults defaults = new GenerationDefaults(List.of(END), false, null, null, null, null, null, 6);
        List<Integer> told = new CopyOnWriteArrayList<>();
        MaskFactory masks = (request, prompt, maxTokens) -> {
            told.add(maxTokens);
            return null;
        };
        DjlTokenizer another = DjlTokenizer.load(DIRECTORY);
        try (DjlGenerator masking = FakeEngine.generator(engine, another, defaults, masks, 4, 6)) {
            for (Sampling.Builder sampling : List.of(unlimited(), unlimited().setMaxTokens(9))) {
                Heard heard = new Heard();
                masking.start(Asked.task(Asked.completion("a", prompt(5, 1), sampling)), heard);
                heard.awaitFinished();
            }
        }
        assertThat(told).containsExactly(6, 9);
    }

    private static Sampling.Builder unlimited() {
        return Asked.greedy(1).setMaxTokens(null).setIgnoreEos(true);
    }

    @Test
    void stopStringsAndStopTokensEndAnAnswerAndAreNoPartOfIt() {
        Heard free = run("a", prompt(5, 3), Asked.greedy(30).setIgnoreEos(true));
        String text = free.text(0);
        String stop = text.substring(8, 11);
        Heard stopped =
                run("b", prompt(5, 3), Asked.greedy(30).setIgnoreEos(true).setStop(List.of(stop)));
        assertThat(stopped.finishReason(0)).isEqualTo("stop");
        assertThat(stopped.text(0)).isEqualTo(text.substring(0, text.indexOf(stop)));

        int token = free.tokens(0).get(4);
        Heard atToken =
                run("c", prompt(5, 3), Asked.greedy(30).setIgnoreEos(true).setStopTokenIds(List.of(token)));
        assertThat(atToken.finishReason(0)).isEqualTo("stop");
        assertThat(atToken.tokens(0))
                .isEqualTo(free.tokens(0).subList(0, free.tokens(0).indexOf(token) + 1));
    }

    @Test
    void aSecondTurnFindsTheFirstInTheCache() {
        Heard first = run("a", prompt(40, 4), Asked.greedy(10).setIgnoreEos(true));
        int[] second = IntStream.concat(
                        IntStream.of(prompt(40, 4)),
                        IntStream.concat(first.tokens(0).stream().mapToInt(Integer::intValue), IntStream.of(1, 2, 3)))
                .toArray();
        Heard heard = run("b", second, Asked.greedy(5).setIgnoreEos(true));
        assertThat(heard.promptTokens()).isEqualTo(53);
        assertThat(heard.cachedTokens()).isEqualTo(48);
    }

    @Test
    void severalChoicesReadThePromptOnce() {
        long before = generator.counts().sharedTokens();
        Heard heard = run("a", prompt(40, 5), Asked.greedy(5).setIgnoreEos(true).setChoices(3));
        assertThat(heard.promptTokens()).isEqualTo(40);
        assertThat(heard.cachedTokens()).isZero();
        assertThat(generator.counts().sharedTokens() - before).isEqualTo(2 * 32);
        assertThat(heard.tokens(1)).isEqualTo(heard.tokens(0));
        assertThat(heard.tokens(2)).isEqualTo(heard.tokens(0));
    }

    @Test
    void severalPromptsAreSeveralChoices() {
        Heard heard = new Heard();
        generator.start(
                Asked.task(Asked.request(
                        "a",
                        RequestKind.COMPLETION,
                        "{\"prompt\":[[1,2,3],[4,5,6,7]]}",
                        Asked.greedy(4).setIgnoreEos(true),
                        r -> {})),
                heard);
        heard.awaitFinished();
        assertThat(heard.promptTokens()).isEqualTo(7);
        assertThat(heard.tokens(1))
                .isEqualTo(run("b", new int[] {4, 5, 6, 7}, Asked.greedy(4).setIgnoreEos(true))
                        .tokens(0));
    }

    @Test
    void aBiasForWhatIsNoTokenIsRefusedByName() {
        Heard heard = new Heard();
        Sampling.Builder sampling = Asked.greedy(2).setLogitBias(Map.of(Integer.toString(VOCABULARY), 1.0));
        generator.start(Asked.task(Asked.completion("a", prompt(5, 1), sampling)), heard);
        heard.awaitEnd();
        assertThat(heard.failure).satisfies(failure -> {
            assertThat(failure.getStatus()).isEqualTo(400);
            assertThat(failure.getParam()).isEqualTo("logit_bias." + VOCABULARY);
        });
        String last = Integer.toString(VOCABULARY - 1);
        assertThat(run("b", prompt(5, 1), Asked.greedy(2).setLogitBias(Map.of(last, 1.0)))
                        .tokens(0))
                .hasSize(2);
    }

    @Test
    void whatDoesNotFitTheContextIsRefusedByName() {
        Heard heard = new Heard();
        generator.start(Asked.task(Asked.completion("a", prompt(250, 1), Asked.greedy(7))), heard);
        heard.awaitEnd();
        assertThat(heard.failure).satisfies(failure -> {
            assertThat(failure.getStatus()).isEqualTo(400);
            assertThat(failure.getType()).isEqualTo("invalid_request_error");
            assertThat(failure.getCode()).isEqualTo("context_length_exceeded");
            assertThat(failure.getParam()).isEqualTo("prompt");
        });
        assertThat(run("b", prompt(250, 1), Asked.greedy(6).setIgnoreEos(true)).tokens(0))
                .hasSize(6);
        Heard open = run(
                "c",
                prompt(250, 1),
                Sampling.newBuilder().setSeed(1).setTemperature(0.0).setIgnoreEos(true));
        assertThat(open.tokens(0)).as("as many as the context holds").hasSize(6);
    }

    @Test
    void whatCannotBeServedIsRefusedByName() {
        Heard chat = new Heard();
        generator.start(
                Asked.task(Asked.chat("a", "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", Asked.greedy(1))),
                chat);
        assertThat(chat.awaitEnd().failure).isNotNull();
        Heard form = new Heard();
        generator.start(
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
            generator.start(
                    Asked.task(Asked.request("c", RequestKind.COMPLETION, prompt, Asked.greedy(1), r -> {})), bad);
            assertThat(bad.awaitEnd().failure)
                    .satisfies(failure -> assertThat(failure.getStatus()).isEqualTo(400));
        }
        assertThat(generator.load().freeSlots()).isEqualTo(4);
    }

    @Test
    void aCancelledTaskIsSilentAndItsRoomIsFree() {
        engine.steps = new Semaphore(4);
        Heard heard = new Heard();
        Generation generation = generator.start(
                Asked.task(Asked.completion(
                        "a", prompt(20, 6), Asked.greedy(200).setIgnoreEos(true).setChoices(2))),
                heard);
        await().until(() -> !heard.pieces.isEmpty());
        await().until(() -> engine.steps.hasQueuedThreads());
        generation.cancel();
        int said = heard.pieces.size();
        engine.steps.release();
        await().until(() ->
                generator.load().freeSlots() == 4 && generator.load().kvBlocksUsed() == 0);
        assertThat(heard.pieces).hasSize(said);
        assertThat(heard.isEnded()).isFalse();
    }

    @Test
    void aWorkerThatIsFullSaysSo() {
        engine.steps = new Semaphore(1);
        Heard held = new Heard();
        generator.start(
                Asked.task(Asked.completion("a", prompt(5, 1), Asked.greedy(50).setChoices(6))), held);
        await().until(() -> engine.steps.hasQueuedThreads());
        assertThat(generator.load().freeSlots()).isZero();
        assertThat(generator.load().tokenBacklog()).isGreaterThan(250);
        Heard late = new Heard();
        generator.start(Asked.task(Asked.completion("b", prompt(5, 1), Asked.greedy(5))), late);
        assertThat(late.awaitEnd().failure).satisfies(failure -> {
            assertThat(failure.getStatus()).isEqualTo(503);
            assertThat(failure.getRetryAfterMillis()).isPositive();
        });
        engine.steps.release(1_000_000);
        held.awaitFinished();
        await().until(() ->
                generator.load().freeSlots() == 4 && generator.load().tokenBacklog() == 0);
    }

    @Test
    void goingOnAfterAnyDeliveredPieceGivesTheSameWhole() {
        Sampling.Builder sampling = Asked.greedy(24).setChoices(2).setStop(List.of("zzz"));
        Heard whole = run("a", prompt(30, 7), sampling);
        for (int cut = 0; cut <= whole.pieces.size(); cut++) {
            List<Piece> kept = whole.pieces.subList(0, cut);
            List<Delivered> delivered = Heard.delivered(kept);
            Heard rest = new Heard();
            generator.start(Asked.after(Asked.completion("a", prompt(30, 7), sampling), delivered), rest);
            rest.awaitFinished();
            for (int choice = 0; choice < 2; choice++) {
                int index = choice;
                List<Integer> tokens = new ArrayList<>();
                StringBuilder text = new StringBuilder();
                kept.stream().filter(piece -> piece.choice() == index).forEach(piece -> {
                    tokens.addAll(piece.tokenIds());
                    text.append(piece.text());
                });
                tokens.addAll(rest.tokens(choice));
                assertThat(tokens).isEqualTo(whole.tokens(choice));
                assertThat(text + rest.text(choice)).isEqualTo(whole.text(choice));
            }
        }
    }

    @Test
    void aLongTextIsEmbeddedInPiecesAsItIsInOne() {
        float[] vector = embed(
                "["
                        + String.join(
                                ",",
                                IntStream.of(prompt(60, 8))
                                        .mapToObj(Integer::toString)
                                        .toList()) + "]",
                null);
        assertThat(engine.longestStep).isLessThanOrEqualTo(24);
        assertThat(vector).hasSize(FakeEngine.HIDDEN);
        double norm = 0;
        for (float x : vector) {
            norm += x * x;
        }
        assertThat(norm).isBetween(0.999, 1.001);
        float[] cut = embed(
                "[["
                        + String.join(
                                ",",
                                IntStream.of(prompt(60, 8))
                                        .mapToObj(Integer::toString)
                                        .toList()) + "]]",
                2);
        assertThat(cut).hasSize(2);
        assertThat(cut[0] / cut[1]).isBetween(vector[0] / vector[1] - 1e-4f, vector[0] / vector[1] + 1e-4f);
    }

    private float[] embed(String input, @Nullable Integer dimensions) {
        Heard heard = new Heard();
        generator.start(Asked.task(embedding(input, dimensions)), heard);
        heard.awaitFinished();
        assertThat(heard.promptTokens()).isEqualTo(60);
        return vector(heard.pieces.get(0));
    }

    private static InferenceRequested embedding(String input, @Nullable Integer dimensions) {
        return Asked.request(
                "e",
                RequestKind.EMBEDDING,
                "{\"input\":" + input + "}",
                Asked.greedy(1),
                request -> request.setDimensions(dimensions));
    }

    private static float[] vector(Piece piece) {
        ByteBuffer bytes = Objects.requireNonNull(piece.embedding());
        FloatBuffer floats = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float[] vector = new float[floats.remaining()];
        floats.get(vector);
        return vector;
    }

    @Test
    void whoeverTakesEmbeddingsOverMakesThoseThatAreMissing() {
        InferenceRequested request = embedding("[[1,2,3],[4,5],[6,7,8,9],[10]]", null);
        Heard whole = new Heard();
        generator.start(Asked.task(request), whole);
        whole.awaitFinished();
        assertThat(whole.pieces).hasSize(4);

        for (int kept = 1; kept <= 4; kept++) {
            List<Piece> delivered = whole.pieces.subList(0, kept);
            Heard rest = new Heard();
            generator.start(Asked.after(request, Heard.delivered(delivered)), rest);
            rest.awaitFinished();
            assertThat(rest.pieces).hasSize(4 - kept);
            for (Piece piece : rest.pieces) {
                assertThat(delivered).noneMatch(before -> before.choice() == piece.choice());
                assertThat(vector(piece))
                        .containsExactly(vector(whole.of(piece.choice()).get(0)));
                assertThat(rest.promptTokens()).isEqualTo(10);
            }
        }
    }

    @Test
    void aTextThatIsTooLongIsRefusedWithAllThatCameWithIt() {
        String ids = IntStream.range(0, CONTEXT + 1)
                .mapToObj(id -> "1")
                .reduce((a, b) -> a + "," + b)
                .orElseThrow();
        Heard heard = new Heard();
        generator.start(Asked.task(embedding("[[1,2],[" + ids + "]]", null)), heard);
        assertThat(heard.awaitEnd().failure).satisfies(failure -> {
            assertThat(failure.getStatus()).isEqualTo(400);
            assertThat(failure.getCode()).isEqualTo("context_length_exceeded");
            assertThat(failure.getParam()).isEqualTo("input");
        });
        assertThat(heard.pieces).isEmpty();
    }

    @Test
    void aTaskWhoseSinkIsBehindIsSparedUntilItIsNot() {
        Heard slow = new Heard();
        slow.behind = true;
        generator.start(Asked.task(Asked.completion("a", prompt(5, 1), Asked.greedy(5))), slow);
        run("b", prompt(5, 2), Asked.greedy(5));
        assertThat(slow.pieces).isEmpty();
        slow.behind = false;
        slow.awaitFinished();
    }

    @Test
    void aBrokenStepFailsThoseInItAndTheLoopGoesOn() {
        engine.broken = true;
        Heard heard = new Heard();
        generator.start(Asked.task(Asked.completion("a", prompt(5, 1), Asked.greedy(5))), heard);
        assertThat(heard.awaitEnd().failure)
                .satisfies(failure -> assertThat(failure.getStatus()).isEqualTo(500));
        engine.broken = false;
        run("b", prompt(5, 1), Asked.greedy(5));
    }
}
