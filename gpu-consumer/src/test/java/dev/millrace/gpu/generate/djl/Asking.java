package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.millrace.event.InferenceRequested;
import dev.millrace.event.TokenLogprob;
import dev.millrace.event.ToolCallDelta;
import dev.millrace.gpu.generate.Generation;
import dev.millrace.gpu.generate.Piece;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One request, what it gets alone, and what befalls it in a crowd: after so many pieces its worker is lost and another
 * goes on after those, and in the end it may be let go of.
 */
final class Asking {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final InferenceRequested request;
    private final Deque<Integer> cuts;
    private final boolean leaves;
    private final List<Piece> kept = new ArrayList<>();
    private volatile CompletableFuture<Generation> generation = new CompletableFuture<>();
    private Heard alone = new Heard();
    private Heard heard = new Heard();
    private volatile boolean left;
    private int takeovers;

    /**
     * @param cuts pieces after which another worker goes on, each time
     * @param leaves whether nobody wants it any more at the last of them
     */
    Asking(InferenceRequested request, List<Integer> cuts, boolean leaves) {
        this.request = request;
        this.cuts = new ArrayDeque<>(cuts);
        this.leaves = leaves;
    }

    /** The same, which gets the same alone, cut elsewhere. */
    Asking cutAfter(List<Integer> elsewhere) {
        Asking one = new Asking(request, elsewhere, leaves);
        one.alone = alone;
        return one;
    }

    /** Whether all that it gets is held against what it gets alone. */
    boolean staysToTheEnd() {
        return !leaves || cuts.isEmpty();
    }

    Heard runAlone(DjlGenerator generator) {
        generator.start(Asked.task(request), alone);
        alone.awaitEnd();
        assertThat(alone.failure).as(request.toString()).isNull();
        return alone;
    }

    /** Leaving comes from within, so that it is in the middle however slow whoever waits for it is. */
    void start(DjlGenerator generator) {
        int due = leaves && cuts.size() == 1 ? cuts.element() : Integer.MAX_VALUE;
        heard = new Heard(hearing -> {
            if (hearing.pieces.size() == due) {
                left = true;
                generation.join().cancel();
            }
        });
        generation = new CompletableFuture<>();
        generation.complete(generator.start(Asked.after(request, Heard.delivered(kept)), heard));
    }

    /** Waits until all its choices are being written. */
    void awaitBegun() {
        int choices = Math.max(1, request.getSampling().getChoices());
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> heard.pieces.stream().map(Piece::choice).distinct().count() == choices);
    }

    /** Waits for what befalls it next; whether that was its end. */
    boolean goOn(DjlGenerator next) {
        if (cuts.isEmpty()) {
            heard.awaitEnd();
            check();
            return true;
        }
        int pieces = cuts.removeFirst();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> heard.isEnded() || heard.pieces.size() >= pieces);
        boolean inTheMiddle = !heard.isEnded();
        generation.join().cancel();
        if (leaves && cuts.isEmpty()) {
            if (inTheMiddle) {
                left = true;
            }
            return true;
        }
        // What came after the cut was said, and never reached the log.
        List<Piece> said = List.copyOf(heard.pieces);
        kept.addAll(said.subList(0, Math.min(pieces, said.size())));
        takeovers += kept.isEmpty() || kept.size() == said.size() && !inTheMiddle ? 0 : 1;
        start(next);
        return false;
    }

    int takeovers() {
        return takeovers;
    }

    boolean isCancelled() {
        return left;
    }

    private void check() {
        assertThat(heard.failure).as(request.toString()).isNull();
        Heard whole = new Heard();
        kept.forEach(whole.pieces::add);
        whole.pieces.addAll(heard.pieces);
        int choices = Math.max(1, request.getSampling().getChoices());
        for (int choice = 0; choice < choices; choice++) {
            assertThat(whole.tokens(choice)).as(request.toString()).isEqualTo(alone.tokens(choice));
            assertThat(whole.text(choice)).isEqualTo(alone.text(choice));
            assertThat(whole.reasoning(choice)).isEqualTo(alone.reasoning(choice));
            assertThat(calls(whole, choice)).isEqualTo(calls(alone, choice));
            assertThat(whole.finishReason(choice)).isEqualTo(alone.finishReason(choice));
            check(whole.logprobs(choice), alone.logprobs(choice));
        }
        assertThat(whole.vectors()).hasSameSizeAs(alone.vectors());
        alone.vectors().forEach((text, vector) -> assertThat(whole.vectors().get(text))
                .as(request.toString())
                .containsExactly(vector, within(1e-4f)));
    }

    private static String calls(Heard heard, int choice) {
        StringBuilder calls = new StringBuilder();
        for (ToolCallDelta delta : heard.toolCalls(choice)) {
            if (delta.getName() != null) {
                calls.append('\n').append(delta.getId()).append(' ').append(delta.getName());
            }
            calls.append(delta.getArguments());
        }
        return calls.toString();
    }

    private static void check(List<TokenLogprob> actual, List<TokenLogprob> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).getChosen().getToken())
                    .isEqualTo(expected.get(i).getChosen().getToken());
            assertThat(actual.get(i).getChosen().getLogprob())
                    .isCloseTo(expected.get(i).getChosen().getLogprob(), within(1e-3));
            assertThat(actual.get(i).getTop()).hasSameSizeAs(expected.get(i).getTop());
        }
    }
}
