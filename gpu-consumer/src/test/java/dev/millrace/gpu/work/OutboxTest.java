package dev.millrace.gpu.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.ToolCallDelta;
import dev.millrace.gpu.generate.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class OutboxTest {

    private final Outbox outbox = new Outbox(100_000);

    @Test
    void keepsChoicesAndEndsApart() {
        outbox.add(piece(0, "a", "", null));
        outbox.add(piece(0, "b", "", null));
        outbox.add(piece(1, "c", "", null));
        outbox.add(piece(1, "", "", "stop"));
        outbox.end(new Outbox.End(null));

        assertThat(outbox.ending()).isNull();
        assertThat(texts()).containsExactly("ab", "c", "");
        assertThat(outbox.ending()).isNotNull();
    }

    @Test
    void joinsReasoningWithTheTextThatFollowsItAndNeverTheOtherWayRound() {
        outbox.add(piece(0, "", "r", null));
        outbox.add(piece(0, "t", "", null));
        outbox.add(piece(0, "", "s", null));

        Piece first = Objects.requireNonNull(outbox.nextPiece());
        assertThat(first.reasoning() + first.text()).isEqualTo("rt");
        assertThat(texts()).containsExactly("");
    }

    @Test
    void textAfterACallIsAChunkOfItsOwn() {
        ToolCallDelta call = new ToolCallDelta(0, "id", "name", "{}");
        outbox.add(new Piece(0, "", "", List.of(call), List.of(1), 0, null, null, null, null, null));
        outbox.add(piece(0, "t", "", null));

        assertThat(texts()).containsExactly("", "t");
    }

    @Test
    void doesNotJoinWithoutBound() {
        for (int i = 0; i < 1000; i++) {
            outbox.add(piece(0, "a", "", null));
        }
        assertThat(texts()).hasSize(4).allMatch(text -> text.length() <= 256);
    }

    @Test
    void aPieceLargerThanAllThatMayWaitPassesAndManyDoNot() {
        String huge = "x".repeat(1_000_000);
        outbox.add(piece(0, huge, "", null));
        outbox.add(piece(0, "", "", "stop"));
        assertThat(outbox.isOverflowed()).isFalse();
        assertThat(outbox.isBehind()).isTrue();
        assertThat(texts()).containsExactly(huge, "");
        assertThat(outbox.isBehind()).isFalse();

        for (int i = 0; i < 3; i++) {
            outbox.add(piece(i, huge, "", null));
        }
        assertThat(outbox.isOverflowed()).isTrue();
    }

    @Test
    void saysOnceThatThereIsSomething() {
        assertThat(outbox.add(piece(0, "a", "", null))).isTrue();
        assertThat(outbox.add(piece(1, "a", "", null))).isFalse();
        assertThat(outbox.end(new Outbox.End(null))).isFalse();
        texts();
        Outbox empty = new Outbox(100);
        assertThat(empty.end(new Outbox.End(null))).isTrue();
        assertThat(empty.end(new Outbox.End(null))).isFalse();
    }

    @Test
    void holdsNothingOnceItIsClosed() {
        outbox.add(piece(0, "a", "", null));
        outbox.close();
        assertThat(outbox.add(piece(0, "b", "", null))).isFalse();
        assertThat(outbox.isEmpty()).isTrue();
    }

    private List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (Piece piece = outbox.nextPiece(); piece != null; piece = outbox.nextPiece()) {
            texts.add(piece.text());
        }
        return texts;
    }

    private static Piece piece(int choice, String text, String reasoning, @Nullable String finishReason) {
        List<Integer> ids = finishReason == null ? List.of(1) : List.of();
        return new Piece(choice, text, reasoning, List.of(), ids, 0, null, null, finishReason, null, null);
    }
}
