package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.Failure;
import dev.millrace.event.TokenLogprob;
import dev.millrace.event.ToolCallDelta;
import dev.millrace.gpu.generate.Delivered;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.Sink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A sink that remembers, and holds the generator to its contract. */
final class Heard implements Sink {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    final List<Piece> pieces = new CopyOnWriteArrayList<>();
    private final Consumer<Heard> onPiece;
    private final CountDownLatch end = new CountDownLatch(1);
    volatile @Nullable Failure failure;
    volatile boolean behind;

    Heard() {
        this(heard -> {});
    }

    Heard(Consumer<Heard> onPiece) {
        this.onPiece = onPiece;
    }

    @Override
    public void piece(Piece piece) {
        assertThat(isEnded()).isFalse();
        assertThat(piece.promptTokens() != null).isEqualTo(pieces.isEmpty());
        assertThat(piece.cachedTokens() != null).isEqualTo(pieces.isEmpty());
        assertThat(piece.finishReason() == null || piece.text().isEmpty()).isTrue();
        pieces.add(piece);
        onPiece.accept(this);
    }

    @Override
    public void finished() {
        assertThat(isEnded()).isFalse();
        end.countDown();
    }

    @Override
    public void failed(Failure told) {
        assertThat(isEnded()).isFalse();
        failure = told;
        end.countDown();
    }

    @Override
    public boolean isBehind() {
        return behind;
    }

    boolean isEnded() {
        return end.getCount() == 0;
    }

    Heard awaitEnd() {
        try {
            assertThat(end.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("end in time")
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    Heard awaitFinished() {
        awaitEnd();
        assertThat(failure).isNull();
        return this;
    }

    List<Integer> tokens(int choice) {
        List<Integer> tokens = new ArrayList<>();
        of(choice).forEach(piece -> tokens.addAll(piece.tokenIds()));
        return tokens;
    }

    String text(int choice) {
        return String.join("", of(choice).stream().map(Piece::text).toList());
    }

    String reasoning(int choice) {
        return String.join("", of(choice).stream().map(Piece::reasoning).toList());
    }

    List<ToolCallDelta> toolCalls(int choice) {
        return of(choice).stream().flatMap(piece -> piece.toolCalls().stream()).toList();
    }

    List<TokenLogprob> logprobs(int choice) {
        List<TokenLogprob> all = new ArrayList<>();
        for (Piece piece : of(choice)) {
            if (piece.logprobs() != null) {
                all.addAll(piece.logprobs());
            }
        }
        return all;
    }

    /** Those of texts that were embedded, by their number. */
    Map<Integer, float[]> vectors() {
        Map<Integer, float[]> vectors = new TreeMap<>();
        for (Piece piece : pieces) {
            ByteBuffer bytes = piece.embedding();
            if (bytes != null) {
                FloatBuffer floats =
                        bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
                float[] vector = new float[floats.remaining()];
                floats.get(vector);
                vectors.put(piece.choice(), vector);
            }
        }
        return vectors;
    }

    @Nullable
    String finishReason(int choice) {
        return of(choice).stream()
                .map(Piece::finishReason)
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    List<Piece> of(int choice) {
        return pieces.stream().filter(piece -> piece.choice() == choice).toList();
    }

    int promptTokens() {
        Integer tokens = pieces.get(0).promptTokens();
        return tokens == null ? -1 : tokens;
    }

    int cachedTokens() {
        Integer tokens = pieces.get(0).cachedTokens();
        return tokens == null ? -1 : tokens;
    }

    /** What another worker would find delivered, had only the first pieces been written. */
    static List<Delivered> delivered(List<Piece> pieces) {
        TreeMap<Integer, Delivered> delivered = new TreeMap<>();
        for (Piece piece : pieces) {
            Delivered before =
                    delivered.getOrDefault(piece.choice(), new Delivered(piece.choice(), List.of(), "", null));
            List<Integer> tokens = new ArrayList<>(before.tokenIds());
            tokens.addAll(piece.tokenIds());
            delivered.put(
                    piece.choice(),
                    new Delivered(piece.choice(), tokens, before.text() + piece.text(), piece.finishReason()));
        }
        return List.copyOf(delivered.values());
    }
}
