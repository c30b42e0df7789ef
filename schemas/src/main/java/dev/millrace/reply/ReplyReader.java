package dev.millrace.reply;

import dev.millrace.event.Chunk;
import dev.millrace.event.Closed;
import dev.millrace.event.Failed;
import dev.millrace.event.Finished;
import dev.millrace.event.Started;
import dev.millrace.event.TakenOver;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads one request's reply events in log order and tells which of them count. The log is the arbiter: whoever reads the
 * same partition from before the request's first reply comes to the same owner, the same chunks and the same end,
 * whatever displaced, late or doubled writers left in it.
 */
public final class ReplyReader {

    /** Who may write chunks and an end now. */
    public record Owner(int attempt, String worker) {}

    private @Nullable Owner owner;
    private @Nullable SpecificRecord end;
    private int chunks;
    private int tokens;

    /** Takes the next event of the request; true if it counts. */
    public boolean read(SpecificRecord event) {
        if (end != null) {
            return false;
        }
        if (event instanceof Chunk chunk) {
            return readChunk(chunk);
        }
        if (event instanceof Started started) {
            return owner == null && own(started.getAttempt(), started.getWorker());
        }
        if (event instanceof TakenOver taken) {
            return isAbove(taken.getAttempt()) && own(taken.getAttempt(), taken.getWorker());
        }
        if (event instanceof Finished finished) {
            return matches(finished.getAttempt(), finished.getWorker(), finished.getChunks(), finished.getTokens())
                    && end(finished);
        }
        if (event instanceof Failed failed) {
            return matches(failed.getAttempt(), failed.getWorker(), failed.getChunks(), failed.getTokens())
                    && end(failed);
        }
        if (event instanceof Closed closed) {
            return isAbove(closed.getAttempt()) && own(closed.getAttempt(), closed.getWorker()) && end(closed);
        }
        return false;
    }

    private boolean readChunk(Chunk chunk) {
        if (!isOwner(chunk.getAttempt(), chunk.getWorker()) || chunk.getSequence() != chunks) {
            return false;
        }
        chunks++;
        tokens += chunk.getTokens();
        return true;
    }

    private boolean matches(int attempt, String worker, int lastChunks, int lastTokens) {
        return isOwner(attempt, worker) && lastChunks == chunks && lastTokens == tokens;
    }

    private boolean isOwner(int attempt, String worker) {
        return owner != null && owner.attempt == attempt && owner.worker.equals(worker);
    }

    private boolean isAbove(int attempt) {
        return owner == null || attempt > owner.attempt;
    }

    private boolean own(int attempt, String worker) {
        owner = new Owner(attempt, worker);
        return true;
    }

    private boolean end(SpecificRecord event) {
        end = event;
        return true;
    }

    public @Nullable Owner owner() {
        return owner;
    }

    /** The {@code Finished}, {@code Failed} or {@code Closed} that counts, or null. */
    public @Nullable SpecificRecord end() {
        return end;
    }

    /** How many chunks count so far, which is the next one's sequence number. */
    public int chunks() {
        return chunks;
    }

    /** How many tokens the counting chunks carried. */
    public int tokens() {
        return tokens;
    }
}
