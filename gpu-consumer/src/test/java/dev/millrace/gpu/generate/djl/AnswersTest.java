package dev.millrace.gpu.generate.djl;

import static dev.millrace.gpu.generate.djl.FakeModel.CONTEXT;
import static dev.millrace.gpu.generate.djl.FakeModel.END;
import static dev.millrace.gpu.generate.djl.FakeModel.prompt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import dev.millrace.gpu.generate.Delivered;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.batch.MaskFactory;
import dev.millrace.gpu.model.checkpoint.GenerationDefaults;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an answer is made of, where it ends, and that it is the same however often it is begun. */
class AnswersTest {

    private final FakeModel model = new FakeModel();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void anAnswerEndsAtItsLimitOrAtAnEndToken() {
        Heard limited = model.run("a", prompt(5, 1), Asked.greedy(6).setIgnoreEos(true));
        assertThat(limited.finishReason(0)).isEqualTo("length");
        assertThat(limited.tokens(0)).hasSize(6);
        assertThat(limited.promptTokens()).isEqualTo(5);
        assertThat(limited.cachedTokens()).isZero();

        Heard whole = model.run("b", prompt(5, 2), Asked.greedy(200));
        assertThat(whole.finishReason(0)).isEqualTo("stop");
        assertThat(whole.tokens(0)).endsWith(END);
        List<Integer> said = whole.tokens(0).subList(0, whole.tokens(0).size() - 1);
        assertThat(whole.text(0))
                .isEqualTo(model.tokenizer.decode(
                        said.stream().mapToInt(Integer::intValue).toArray(), true));
    }

    @Test
    void anAnswerWithoutALimitEndsWhereTheMakersOfTheModelHoldItForEnough() {
        GenerationDefaults defaults = new GenerationDefaults(List.of(END), false, null, null, null, null, null, 6);
        try (DjlGenerator limited = FakeEngine.generator(model.engine, model.tokenizer, defaults, 4, 6)) {
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
        assertThat(model.run("d", prompt(CONTEXT - 20, 1), unlimited()).tokens(0))
                .hasSize(20);
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
        DjlTokenizer another = DjlTokenizer.load(FakeModel.DIRECTORY);
        try (DjlGenerator masking = FakeEngine.generator(model.engine, another, defaults, masks, 4, 6)) {
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
        Heard free = model.run("a", prompt(5, 3), Asked.greedy(30).setIgnoreEos(true));
        String text = free.text(0);
        String stop = text.substring(8, 11);
        Heard stopped =
                model.run("b", prompt(5, 3), Asked.greedy(30).setIgnoreEos(true).setStop(List.of(stop)));
        assertThat(stopped.finishReason(0)).isEqualTo("stop");
        assertThat(stopped.text(0)).isEqualTo(text.substring(0, text.indexOf(stop)));

        int token = free.tokens(0).get(4);
        Heard atToken =
                model.run("c", prompt(5, 3), Asked.greedy(30).setIgnoreEos(true).setStopTokenIds(List.of(token)));
        assertThat(atToken.finishReason(0)).isEqualTo("stop");
        assertThat(atToken.tokens(0))
                .isEqualTo(free.tokens(0).subList(0, free.tokens(0).indexOf(token) + 1));
    }

    @Test
    void aSecondTurnFindsTheFirstInTheCache() {
        Heard first = model.run("a", prompt(40, 4), Asked.greedy(10).setIgnoreEos(true));
        int[] second = IntStream.concat(
                        IntStream.of(prompt(40, 4)),
                        IntStream.concat(first.tokens(0).stream().mapToInt(Integer::intValue), IntStream.of(1, 2, 3)))
                .toArray();
        Heard heard = model.run("b", second, Asked.greedy(5).setIgnoreEos(true));
        assertThat(heard.promptTokens()).isEqualTo(53);
        assertThat(heard.cachedTokens()).isEqualTo(48);
    }

    @Test
    void severalChoicesReadThePromptOnce() {
        long before = model.generator.counts().sharedTokens();
        Heard heard =
                model.run("a", prompt(40, 5), Asked.greedy(5).setIgnoreEos(true).setChoices(3));
        assertThat(heard.promptTokens()).isEqualTo(40);
        assertThat(heard.cachedTokens()).isZero();
        assertThat(model.generator.counts().sharedTokens() - before).isEqualTo(2 * 32);
        assertThat(heard.tokens(1)).isEqualTo(heard.tokens(0));
        assertThat(heard.tokens(2)).isEqualTo(heard.tokens(0));
    }

    @Test
    void severalPromptsAreSeveralChoices() {
        Heard heard = new Heard();
        model.generator.start(
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
                .isEqualTo(
                        model.run("b", new int[] {4, 5, 6, 7}, Asked.greedy(4).setIgnoreEos(true))
                                .tokens(0));
    }

    @Test
    void goingOnAfterAnyDeliveredPieceGivesTheSameWhole() {
        Sampling.Builder sampling = Asked.greedy(24).setChoices(2).setStop(List.of("zzz"));
        Heard whole = model.run("a", prompt(30, 7), sampling);
        for (int cut = 0; cut <= whole.pieces.size(); cut++) {
            List<Piece> kept = whole.pieces.subList(0, cut);
            List<Delivered> delivered = Heard.delivered(kept);
            Heard rest = new Heard();
            model.generator.start(Asked.after(Asked.completion("a", prompt(30, 7), sampling), delivered), rest);
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
}
