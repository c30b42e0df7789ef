package dev.millrace.gpu.generate.batch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.event.Failure;
import dev.millrace.event.Sampling;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.Sink;
import dev.millrace.gpu.model.Vocabulary;
import dev.millrace.gpu.model.checkpoint.GenerationDefaults;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two choices after a prompt of three tokens. */
class JobTest {

    private static final Vocabulary VOCABULARY =
            Vocabulary.read(Path.of("src/test/resources/goldens/checkpoints/qwen3"));
    private static final int[] PROMPT = {5, 6, 7};
    private static final int END = 1000;

    private final List<Piece> said = new ArrayList<>();
    private final Outlet outlet = new Outlet(new Sink() {
        @Override
        public void piece(Piece piece) {
            said.add(piece);
        }

        @Override
        public void finished() {}

        @Override
        public void failed(Failure failure) {}
    });
    private final Lane first = lane(0);
    private final Lane second = lane(1);

    private static Lane lane(int index, int... delivered) {
        Limits limits = new Limits(4, 0, Set.of(END), List.of(), false);
        Choice choice = new Choice(index, limits, VOCABULARY, null, false);
        for (int token : delivered) {
            choice.replay(List.of(token));
        }
        SamplingRule rule = SamplingRule.of(
                Sampling.newBuilder().setSeed(1).build(),
                new GenerationDefaults(List.of(END), false, null, null, null, null, null, null));
        Chooser chooser = new Chooser(rule, index, PROMPT, Set.of(END), null, VOCABULARY.size());
        return Lane.ofChoice(0, new Sequence(index, PROMPT, PROMPT.length, true, null), choice, chooser);
    }

    private Job job(Lane... lanes) {
        return new Job(outlet, List.of(lanes), PROMPT.length, 4);
    }

    private static long noiseOf(Lane lane) {
        return requireNonNull(lane.chooser()).next().noiseKey();
    }

    @Test
    void aLaneGoesOnAfterItsToken() {
        Job job = job(first, second);
        long noise = noiseOf(first);
        job.take(first, Chosen.bare(40));
        assertThat(first.sequence().token(3)).isEqualTo(40);
        assertThat(noiseOf(first)).isNotEqualTo(noise);
        assertThat(first.goesOn()).isTrue();
        assertThat(second.sequence().length()).isEqualTo(3);
        assertThat(said).extracting(Piece::choice).containsExactly(0);
    }

    @Test
    void aLaneThatEndsIsNotLengthenedAndFreesItsSlot() {
        Job job = job(first, second);
        job.take(first, Chosen.bare(END));
        assertThat(first.sequence().length()).isEqualTo(3);
        assertThat(job.isOpen(first)).isFalse();
        assertThat(job.freeSlots()).isEqualTo(1);
        assertThat(job.isDone()).isFalse();
        job.take(second, Chosen.bare(END));
        assertThat(job.isDone()).isTrue();
        assertThat(job.freeSlots()).isEqualTo(1);
        assertThat(job.slots()).isZero();
    }

    @Test
    void theFirstPieceOfAllTellsWhatThePromptTook() {
        Job job = job(first, second);
        job.take(second, Chosen.bare(40));
        job.take(first, Chosen.bare(41));
        assertThat(said).extracting(Piece::promptTokens).containsExactly(3, null);
        assertThat(said).extracting(Piece::cachedTokens).containsExactly(0, null);
    }

    @Test
    void whatWasInTheCacheIsWhatTheFirstChoiceFoundThere() {
        first.sequence().admitted(1);
        second.sequence().admitted(2);
        job(first, second).take(second, Chosen.bare(40));
        assertThat(said).extracting(Piece::cachedTokens).containsExactly(1);
    }

    @Test
    void aChoiceThatHadEndedIsToldSoAtTheBeginning() {
        Lane ended = lane(0, END);
        Job job = job(ended, second);
        assertThat(said).isEmpty();
        job.begin();
        assertThat(said).extracting(Piece::finishReason).containsExactly("stop");
        assertThat(job.isOpen(ended)).isFalse();
        assertThat(job.isOpen(second)).isTrue();
    }

    @Test
    void aVectorIsAllThatATextHasToSay() {
        Embedding embedding = new Embedding(Pooling.LAST, 2);
        Lane text = Lane.ofEmbedding(0, new Sequence(0, PROMPT, PROMPT.length, false, null), embedding);
        Job job = job(text);
        embedding.add(0, new float[] {3, 4}, 0, 1, 2);
        job.take(text, null);
        assertThat(job.isDone()).isTrue();
        assertThat(said).hasSize(1);
        assertThat(said.get(0).embedding()).isEqualTo(embedding.vector());
        assertThat(said.get(0).finishReason()).isEqualTo("stop");
    }

    @Test
    void whoeverDrawsMustBeGivenAToken() {
        Job job = job(first);
        assertThatThrownBy(() -> job.take(first, null)).isInstanceOf(IllegalStateException.class);
        assertThat(job.isOpen(first)).isTrue();
    }
}
