package dev.millrace.gpu.generate.echo;

import dev.millrace.event.Failure;
import dev.millrace.gpu.generate.Delivered;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.Sink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sink that keeps all it hears. */
final class Heard implements Sink {

    private final List<Piece> pieces = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private volatile @Nullable Failure failure;
    private volatile @Nullable Thread failedOn;
    volatile boolean behind;
    volatile int behindPast = Integer.MAX_VALUE;

    @Override
    public synchronized void piece(Piece piece) {
        pieces.add(piece);
    }

    @Override
    public synchronized void finished() {
        ends.add("finished");
    }

    @Override
    public synchronized void failed(Failure why) {
        failure = why;
        failedOn = Thread.currentThread();
        ends.add("failed");
    }

    @Override
    public synchronized boolean isBehind() {
        return behind || pieces.size() >= behindPast;
    }

    synchronized List<Piece> pieces() {
        return List.copyOf(pieces);
    }

    synchronized List<String> ends() {
        return List.copyOf(ends);
    }

    @Nullable
    Failure failure() {
        return failure;
    }

    @Nullable
    Thread failedOn() {
        return failedOn;
    }

    synchronized int tokens(int choice) {
        return delivered(choice, pieces.size()).tokenIds().size();
    }

    synchronized String text(int choice) {
        return delivered(choice, pieces.size()).text();
    }

    synchronized @Nullable String finishReason(int choice) {
        return delivered(choice, pieces.size()).finishReason();
    }

    /** What a choice had when only so many pieces were written. */
    synchronized Delivered delivered(int choice, int count) {
        StringBuilder text = new StringBuilder();
        List<Integer> ids = new ArrayList<>();
        String reason = null;
        for (Piece piece : pieces.subList(0, count)) {
            if (piece.choice() == choice) {
                text.append(piece.text());
                ids.addAll(piece.tokenIds());
                reason = piece.finishReason();
            }
        }
        return new Delivered(choice, ids, text.toString(), reason);
    }
}
