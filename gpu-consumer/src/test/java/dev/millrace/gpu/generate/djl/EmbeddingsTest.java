package dev.millrace.gpu.generate.djl;

import static dev.millrace.gpu.generate.djl.FakeModel.CONTEXT;
import static dev.millrace.gpu.generate.djl.FakeModel.prompt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestKind;
import dev.millrace.gpu.generate.Piece;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Vectors of texts, read in pieces and by one worker after another. */
class EmbeddingsTest {

    private final FakeModel model = new FakeModel();

    @AfterEach
    void close() {
        model.close();
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
        assertThat(model.engine.longestStep).isLessThanOrEqualTo(24);
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
        model.generator.start(Asked.task(embedding(input, dimensions)), heard);
        heard.awaitFinished();
        assertThat(heard.promptTokens()).isEqualTo(60);
        return vector(heard.pieces.get(0));
    }

    @Test
    void whoeverTakesEmbeddingsOverMakesThoseThatAreMissing() {
        InferenceRequested request = embedding("[[1,2,3],[4,5],[6,7,8,9],[10]]", null);
        Heard whole = new Heard();
        model.generator.start(Asked.task(request), whole);
        whole.awaitFinished();
        assertThat(whole.pieces).hasSize(4);

        for (int kept = 1; kept <= 4; kept++) {
            List<Piece> delivered = whole.pieces.subList(0, kept);
            Heard rest = new Heard();
            model.generator.start(Asked.after(request, Heard.delivered(delivered)), rest);
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
        model.generator.start(Asked.task(embedding("[[1,2],[" + ids + "]]", null)), heard);
        assertThat(heard.awaitEnd().failure).satisfies(failure -> {
            assertThat(failure.getStatus()).isEqualTo(400);
            assertThat(failure.getCode()).isEqualTo("context_length_exceeded");
            assertThat(failure.getParam()).isEqualTo("input");
        });
        assertThat(heard.pieces).isEmpty();
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
}
