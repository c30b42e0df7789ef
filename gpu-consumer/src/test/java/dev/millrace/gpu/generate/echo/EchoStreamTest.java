package dev.millrace.gpu.generate.echo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Sampling;
import dev.millrace.gpu.generate.Delivered;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class EchoStreamTest {

    private static final EchoConfig CONFIG = new EchoConfig(4, 0, 1 << 20);
    private static final Map<String, String> PACED = Map.of("echo.token_millis", "1");

    @Test
    void answersWithTheLastUserMessage() throws RefusedException {
        Heard heard = run(Requests.prompt(
                "{\"messages\":[{\"role\":\"system\",\"content\":\"be kind\"},{\"role\":\"user\",\"content\":\"old\"},"
                        + "{\"role\":\"assistant\",\"content\":null},{\"role\":\"user\",\"content\":"
                        + "[{\"type\":\"text\",\"text\":\"one \"},{\"type\":\"text\",\"text\":\"two  three\"}]}]}",
                PACED,
                sampling -> sampling));

        assertThat(heard.text(0)).isEqualTo("one two  three");
        assertThat(heard.finishReason(0)).isEqualTo("stop");
        assertThat(heard.ends()).containsExactly("finished");
        assertThat(heard.pieces()).hasSize(4);
        assertThat(heard.pieces().get(0).promptTokens()).isEqualTo(6);
        assertThat(heard.pieces().get(0).cachedTokens()).isZero();
        assertThat(heard.pieces().get(1).promptTokens()).isNull();
    }

    @Test
    void cutsAtMaxTokensAndSaysSoOnlyWhereItCut() throws RefusedException {
        Heard cut = run(Requests.saying("a b c", PACED, sampling -> sampling.setMaxTokens(2)));
        assertThat(cut.text(0)).isEqualTo("a b ");
        assertThat(cut.finishReason(0)).isEqualTo("length");

        Heard whole = run(Requests.saying("a b c", PACED, sampling -> sampling.setMaxTokens(3)));
        assertThat(whole.text(0)).isEqualTo("a b c");
        assertThat(whole.finishReason(0)).isEqualTo("stop");
    }

    @Test
    void repeatsWhereTheEndIsIgnoredOrTooEarly() throws RefusedException {
        Heard ignored = run(Requests.saying(
                "a b ", PACED, sampling -> sampling.setMaxTokens(5).setIgnoreEos(true)));
        assertThat(ignored.text(0)).isEqualTo("a b a b a ");
        assertThat(ignored.finishReason(0)).isEqualTo("length");

        Heard least = run(Requests.saying("a b ", PACED, sampling -> sampling.setMinTokens(3)));
        assertThat(least.text(0)).isEqualTo("a b a ");
        assertThat(least.finishReason(0)).isEqualTo("stop");
    }

    @Test
    void wordsAsLongAsAPromptComeOneByOneHoweverManyTheyAre() throws RefusedException {
        String word = "x".repeat(1 << 20);
        Heard heard = run(Requests.saying(
                word, Map.of(), sampling -> sampling.setMaxTokens(5).setIgnoreEos(true)));

        assertThat(heard.pieces()).allSatisfy(piece -> assertThat(piece.text()).hasSizeLessThanOrEqualTo(1 << 20));
        assertThat(heard.text(0)).isEqualTo(word.repeat(5));
        assertThat(heard.finishReason(0)).isEqualTo("length");
    }

    @Test
    void saysNoMoreOfOtherChoicesOnceItIsBehind() throws RefusedException {
        Heard heard = new Heard();
        heard.behindPast = 1;
        InferenceRequested request = Requests.saying("a b", PACED, sampling -> sampling.setChoices(3));
        EchoStream stream = new EchoStream(EchoPlan.of(request, CONFIG, true), List.of(), heard, () -> {});
        assertThat(stream.step()).isTrue();
        assertThat(heard.pieces()).hasSize(1);
        heard.behindPast = Integer.MAX_VALUE;
        while (stream.step()) {}
        for (int choice = 0; choice < 3; choice++) {
            assertThat(heard.text(choice)).isEqualTo("a b");
        }
    }

    @Test
    void anEmptyMessageHasAnEmptyAnswerThatStillTellsThePrompt() throws RefusedException {
        Heard heard = run(Requests.saying("", Map.of(), sampling -> sampling.setIgnoreEos(true)));

        assertThat(heard.pieces()).hasSize(1);
        assertThat(heard.pieces().get(0).promptTokens()).isZero();
        assertThat(heard.finishReason(0)).isEqualTo("stop");
    }

    @Test
    void stopsBeforeAStopTextAndLeaksNoPartOfIt() throws RefusedException {
        Heard heard = run(Requests.saying("a b END c", PACED, sampling -> sampling.setStop(List.of("b END", "zz"))));

        assertThat(heard.text(0)).isEqualTo("a ");
        assertThat(heard.tokens(0)).isEqualTo(3);
        assertThat(heard.finishReason(0)).isEqualTo("stop");
        assertThat(heard.pieces()).noneMatch(piece -> piece.text().contains("b"));
    }

    @Test
    void letsOutWhatOnlyLookedLikeAStop() throws RefusedException {
        Heard heard = run(Requests.saying("a b EN", PACED, sampling -> sampling.setStop(List.of("b END"))));

        assertThat(heard.text(0)).isEqualTo("a b EN");
    }

    @Test
    void givesAsManyAnswersAsWereAskedFor() throws RefusedException {
        Heard heard = run(Requests.saying("a b", Map.of(), sampling -> sampling.setChoices(3)));

        for (int choice = 0; choice < 3; choice++) {
            assertThat(heard.text(choice)).isEqualTo("a b");
            assertThat(heard.finishReason(choice)).isEqualTo("stop");
        }
        assertThat(heard.pieces().stream().filter(piece -> piece.promptTokens() != null))
                .hasSize(1);
    }

    @Test
    void goesOnAfterAnyPieceAsIfNothingHadHappened() throws RefusedException {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            InferenceRequested request = random(random);
            Heard whole = run(request);
            int choices = request.getSampling().getChoices();
            for (int kept = 0; kept <= whole.pieces().size(); kept++) {
                List<Delivered> before = new ArrayList<>();
                for (int choice = 0; choice < choices; choice++) {
                    before.add(whole.delivered(choice, kept));
                }
                Heard rest = run(request, before);
                for (int choice = 0; choice < choices; choice++) {
                    assertThat(before.get(choice).text() + rest.text(choice))
                            .as("round %d after %d pieces", round, kept)
                            .isEqualTo(whole.text(choice));
                    List<Integer> ids = new ArrayList<>(before.get(choice).tokenIds());
                    ids.addAll(rest.delivered(choice, rest.pieces().size()).tokenIds());
                    assertThat(ids)
                            .isEqualTo(whole.delivered(choice, whole.pieces().size())
                                    .tokenIds());
                    String reason = before.get(choice).finishReason();
                    assertThat(reason == null ? rest.finishReason(choice) : reason)
                            .isEqualTo(whole.finishReason(choice));
                }
                assertThat(rest.ends()).containsExactly("finished");
            }
        }
    }

    private static InferenceRequested random(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append("ab".charAt(random.nextInt(2))).append(random.nextBoolean() ? " " : "");
        }
        UnaryOperator<Sampling.Builder> sampling = builder -> {
            builder.setChoices(1 + random.nextInt(2)).setMaxTokens(1 + random.nextInt(15));
            builder.setIgnoreEos(random.nextInt(3) == 0).setMinTokens(random.nextInt(3) == 0 ? random.nextInt(6) : 0);
            return builder.setStop(
                    random.nextBoolean() ? List.of() : List.of(random.nextBoolean() ? "b a" : "aba", "b b a "));
        };
        return Requests.saying(text.toString(), random.nextBoolean() ? PACED : Map.of(), sampling);
    }

    private static Heard run(InferenceRequested request) throws RefusedException {
        return run(request, List.of());
    }

    private static Heard run(InferenceRequested request, List<Delivered> before) throws RefusedException {
        Heard heard = new Heard();
        EchoStream stream = new EchoStream(EchoPlan.of(request, CONFIG, true), before, heard, () -> {});
        while (stream.step()) {}
        return heard;
    }
}
