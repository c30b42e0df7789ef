package dev.millrace.gpu.generate.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.model.Vocabulary;
import dev.millrace.gpu.model.parse.OutputFormat;
import dev.millrace.gpu.model.parse.OutputParser;
import dev.millrace.gpu.model.parse.ParameterTypes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChoiceTest {

    private static final Vocabulary VOCABULARY =
            Vocabulary.read(Path.of("src/test/resources/goldens/checkpoints/qwen3"));
    private static final int END = 1000;

    private static Choice choice(Limits limits, @Nullable OutputFormat format) {
        OutputParser parser =
                format == null ? null : new OutputParser(format, false, ParameterTypes.NONE, index -> "call_" + index);
        return new Choice(0, limits, VOCABULARY, parser, false);
    }

    private static Limits limits(int most, int least, boolean oneCall, String... stops) {
        return new Limits(most, least, Set.of(END), List.of(stops), oneCall);
    }

    /** Single-letter tokens, one a character. */
    private static List<Integer> letters(String text) {
        List<Integer> ids = new ArrayList<>();
        text.chars().forEach(letter -> ids.add(id(String.valueOf((char) letter))));
        return ids;
    }

    private static int id(String text) {
        for (int id = 0; id < VOCABULARY.size(); id++) {
            if (VOCABULARY.decode(new int[] {id}, false).equals(text)) {
                return id;
            }
        }
        throw new IllegalArgumentException("no token is " + text);
    }

    private static List<Piece> push(Choice choice, List<Integer> tokens) {
        List<Piece> pieces = new ArrayList<>();
        for (int token : tokens) {
            if (!choice.isFinished()) {
                choice.push(Chosen.bare(token));
                pieces.addAll(choice.take());
            }
        }
        return pieces;
    }

    private static String text(List<Piece> pieces) {
        return String.join("", pieces.stream().map(Piece::text).toList());
    }

    private static List<Integer> tokens(List<Piece> pieces) {
        return pieces.stream().flatMap(piece -> piece.tokenIds().stream()).toList();
    }

    @Test
    void tokensWhoseTextIsHeldBackComeWithTheNextPiece() {
        Choice choice = choice(limits(10, 0, false, "abc"), null);
        assertThat(push(choice, letters("ab"))).isEmpty();
        List<Piece> pieces = push(choice, letters("x"));
        assertThat(pieces).hasSize(1);
        assertThat(pieces.get(0).text()).isEqualTo("abx");
        assertThat(pieces.get(0).tokenIds()).hasSize(3);
    }

    @Test
    void whatWasHeldBackIsGivenAtTheEndAndThePieceThatEndsHasNoText() {
        Choice choice = choice(limits(2, 0, false, "abc"), null);
        List<Piece> pieces = push(choice, letters("ab"));
        assertThat(pieces).extracting(Piece::text).containsExactly("ab", "");
        assertThat(pieces.get(1).finishReason()).isEqualTo("length");
        assertThat(tokens(pieces)).hasSize(2);
    }

    @Test
    void theEndTokenIsCountedAndNotSaid() {
        Choice choice = choice(limits(9, 0, false), null);
        List<Piece> pieces = push(choice, List.of(letters("a").get(0), END));
        assertThat(text(pieces)).isEqualTo("a");
        assertThat(tokens(pieces)).hasSize(2).endsWith(END);
        assertThat(pieces.get(1).finishReason()).isEqualTo("stop");
    }

    @Test
    void aStopStringCountsOnlyAfterTheLeastNumberOfTokens() {
        Choice choice = choice(limits(20, 4, false, "b"), null);
        assertThat(text(push(choice, letters("abcdefbz")))).isEqualTo("abcdef");
    }

    @Test
    void longSilenceIsDeliveredAllTheSame() {
        Choice choice = choice(limits(100, 0, false, "a".repeat(50)), null);
        List<Piece> pieces = push(choice, letters("a".repeat(40)));
        assertThat(pieces).hasSize(2);
        assertThat(text(pieces)).isEmpty();
        assertThat(tokens(pieces)).hasSize(32);
    }

    @Test
    void whereOneCallIsWantedTheSecondEndsTheAnswer() {
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            tokens.add(id("<tool_call>"));
            tokens.addAll(letters("\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n"));
            tokens.add(id("</tool_call>"));
        }
        Choice choice = choice(limits(500, 0, true), OutputFormat.QWEN);
        List<Piece> pieces = push(choice, tokens);
        assertThat(choice.isFinished()).isTrue();
        assertThat(pieces.get(pieces.size() - 1).finishReason()).isEqualTo("tool_calls");
        assertThat(pieces).allSatisfy(piece -> assertThat(piece.toolCalls())
                .allSatisfy(delta -> assertThat(delta.getIndex()).isZero()));
        assertThat(text(pieces)).isEmpty();
    }

    @Test
    void whatAStopStringHeldBackIsGivenWhereTheSecondCallEndsTheAnswer() {
        List<Integer> tokens = letters("Look: sto");
        for (int i = 0; i < 2; i++) {
            tokens.add(id("<tool_call>"));
            tokens.addAll(letters("\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n"));
            tokens.add(id("</tool_call>"));
        }
        Choice choice = choice(limits(500, 0, true, "stop"), OutputFormat.QWEN);
        assertThat(text(push(choice, tokens))).isEqualTo("Look: sto");
    }

    @Test
    void replayingAnyPrefixOfPiecesLeadsToTheSameWhole() {
        Limits limits = limits(30, 0, false, "stop");
        List<Integer> tokens = letters("so a st and a sto but no stop here");
        List<Piece> whole = push(choice(limits, null), tokens);
        for (int cut = 0; cut <= whole.size(); cut++) {
            List<Piece> said = whole.subList(0, cut);
            Choice choice = choice(limits, null);
            choice.replay(tokens(said));
            List<Piece> rest = new ArrayList<>(choice.take());
            rest.addAll(push(choice, tokens.subList(tokens(said).size(), tokens.size())));
            assertThat(text(said) + text(rest)).isEqualTo("so a st and a sto but no ");
            assertThat(choice.isFinished()).isTrue();
        }
    }
}
