package dev.millrace.gpu.work;

import dev.millrace.event.Failure;
import dev.millrace.gpu.generate.Piece;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt has said and not yet written. Pieces that wait together become one; what waits is bounded. Filled by
 * the generator's thread, emptied by the desk's.
 */
final class Outbox {

    private static final int MAX_MERGED_TOKENS = 256;
    private static final int PIECE_BYTES = 96;
    private static final int LOGPROB_BYTES = 64;

    /** The end of what is said. */
    record End(@Nullable Failure failure) {}

    private final int maxBytes;
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private @Nullable End end;
    private int bytes;
    private boolean overflowed;
    private boolean closed;

    Outbox(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Adds a piece; true if somebody must be told that there is something. */
    synchronized boolean add(Piece piece) {
        if (closed || overflowed || end != null) {
            return false;
        }
        boolean wasEmpty = pieces.isEmpty();
        Piece last = pieces.peekLast();
        if (last != null && joins(last, piece)) {
            pieces.removeLast();
            pieces.addLast(join(last, piece));
        } else {
            pieces.addLast(piece);
        }
        bytes += weight(piece);
        overflowed = bytes > maxBytes;
        return wasEmpty || overflowed;
    }

    /** Adds the end; true if somebody must be told that there is something. */
    synchronized boolean end(End how) {
        if (closed || overflowed || end != null) {
            return false;
        }
        end = how;
        return pieces.isEmpty();
    }

    synchronized @Nullable Piece nextPiece() {
        Piece piece = pieces.pollFirst();
        if (pieces.isEmpty()) {
            bytes = 0;
        } else if (piece != null) {
            bytes -= Math.min(bytes, weight(piece));
        }
        return piece;
    }

    /** The end, once all pieces were taken. */
    synchronized @Nullable End ending() {
        return pieces.isEmpty() ? end : null;
    }

    synchronized boolean isEmpty() {
        return pieces.isEmpty() && end == null;
    }

    /** Whether more was said than may wait. */
    synchronized boolean isOverflowed() {
        return overflowed;
    }

    /** Whether it is a quarter full. */
    synchronized boolean isBehind() {
        return bytes > maxBytes / 4;
    }

    synchronized void close() {
        closed = true;
        pieces.clear();
        end = null;
        bytes = 0;
    }

    private static boolean joins(Piece last, Piece next) {
        return last.choice() == next.choice()
                && last.finishReason() == null
                && next.finishReason() == null
                && last.embedding() == null
                && next.embedding() == null
                && next.promptTokens() == null
                && (last.logprobs() == null) == (next.logprobs() == null)
                && last.tokenIds().size() + next.tokenIds().size() <= MAX_MERGED_TOKENS
                && keepsOrder(last, next);
    }

    /** Within one chunk a reader sees reasoning, then text, then calls. */
    private static boolean keepsOrder(Piece last, Piece next) {
        boolean reasoningAfterText = !next.reasoning().isEmpty()
                && !(last.text().isEmpty() && last.toolCalls().isEmpty());
        boolean textAfterCalls = !next.text().isEmpty() && !last.toolCalls().isEmpty();
        return !reasoningAfterText && !textAfterCalls;
    }

    private static Piece join(Piece last, Piece next) {
        return new Piece(
                last.choice(),
                last.text() + next.text(),
                last.reasoning() + next.reasoning(),
                joined(last.toolCalls(), next.toolCalls()),
                joined(last.tokenIds(), next.tokenIds()),
                last.reasoningTokens() + next.reasoningTokens(),
                last.promptTokens(),
                last.cachedTokens(),
                null,
                last.logprobs() == null || next.logprobs() == null ? null : joined(last.logprobs(), next.logprobs()),
                null);
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first.size() + second.size());
        all.addAll(first);
        all.addAll(second);
        return all;
    }

    /** One piece may be larger than all that may wait, and must pass: so none counts for more than half of that. */
    private int weight(Piece piece) {
        return Math.min(maxBytes / 2, size(piece));
    }

    private static int size(Piece piece) {
        int size = PIECE_BYTES + 2 * (piece.text().length() + piece.reasoning().length());
        size += Integer.BYTES * piece.tokenIds().size();
        size += piece.toolCalls().stream()
                .mapToInt(call -> PIECE_BYTES + 2 * call.getArguments().length())
                .sum();
        if (piece.logprobs() != null) {
            size += piece.logprobs().stream()
                    .mapToInt(one -> LOGPROB_BYTES * (1 + one.getTop().size()))
                    .sum();
        }
        return piece.embedding() == null ? size : size + piece.embedding().remaining();
    }
}
