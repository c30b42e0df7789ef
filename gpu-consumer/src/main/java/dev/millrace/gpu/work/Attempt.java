package dev.millrace.gpu.work;

import dev.millrace.event.Chunk;
import dev.millrace.event.Failed;
import dev.millrace.event.Failure;
import dev.millrace.event.Finished;
import dev.millrace.event.HeldWork;
import dev.millrace.event.Outcome;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Started;
import dev.millrace.event.TakenOver;
import dev.millrace.event.WorkAssigned;
import dev.millrace.gpu.generate.Delivered;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.Task;
import dev.millrace.reply.ReplyReader.Owner;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/**
 * One attempt at a request, from its marker in the reply log to its end: what may be written next, with which numbers.
 * Pure; whoever holds it does the writing.
 */
final class Attempt {

    enum Phase {
        /** Its marker is being written. */
        MARKING,
        /** What was delivered by earlier attempts is being read. */
        READING,
        /** It waits for room in the generator. */
        WAITING,
        RUNNING,
        /** Its end is being written. */
        ENDING,
        /** It was let go of: nothing may be written any more. */
        OVER
    }

    /** What the log said of a later attempt's marker. */
    enum Verdict {
        GO_ON,
        END_FOUND,
        SUPERSEDED
    }

    private final WorkAssigned work;
    private final String provider;
    private Phase phase = Phase.MARKING;
    private List<Delivered> delivered = List.of();
    private int chunks;
    private int tokens;
    private int ownTokens;

    Attempt(WorkAssigned work, String provider) {
        this.work = work;
        this.provider = provider;
    }

    /** The record by which the attempt takes the request. */
    SpecificRecord marker() {
        return work.getAttempt() == 1
                ? new Started(
                        work.getRequestId(),
                        work.getAttempt(),
                        work.getWorker(),
                        work.getPool(),
                        provider,
                        work.getRequest().getFacts())
                : new TakenOver(
                        work.getRequestId(),
                        work.getAttempt(),
                        work.getWorker(),
                        work.getPool(),
                        provider,
                        work.getRequest().getFacts());
    }

    /** The marker is in the log; true if what is before it must be read first. */
    boolean marked() {
        phase = work.getAttempt() == 1 ? Phase.WAITING : Phase.READING;
        return phase == Phase.READING;
    }

    /** Takes what counts up to and with the marker. */
    Verdict resume(LogView view) {
        if (view.ended()) {
            return Verdict.END_FOUND;
        }
        if (!new Owner(work.getAttempt(), work.getWorker()).equals(view.owner())) {
            return Verdict.SUPERSEDED;
        }
        delivered = view.delivered();
        chunks = view.chunks();
        tokens = view.tokens();
        phase = Phase.WAITING;
        return Verdict.GO_ON;
    }

    /**
     * Whether all was delivered and only the end is missing. Bare texts can be many, each with answers of its own, and
     * how many only the generator knows.
     */
    boolean isComplete() {
        if (work.getRequest().getFacts().getKind() != RequestKind.CHAT) {
            return false;
        }
        int choices = Math.max(1, work.getRequest().getSampling().getChoices());
        return delivered.stream().filter(one -> one.finishReason() != null).count() >= choices;
    }

    Task start() {
        phase = Phase.RUNNING;
        return new Task(work.getRequest(), delivered);
    }

    /** The next chunk; numbers run through the whole request. */
    Chunk chunk(Piece piece) {
        int count = piece.tokenIds().size();
        Chunk chunk = new Chunk(
                work.getRequestId(),
                work.getAttempt(),
                work.getWorker(),
                chunks,
                piece.choice(),
                piece.text(),
                piece.reasoning(),
                piece.toolCalls(),
                count,
                piece.reasoningTokens(),
                piece.tokenIds(),
                piece.promptTokens(),
                piece.cachedTokens(),
                piece.finishReason(),
                piece.logprobs(),
                piece.embedding());
        chunks++;
        tokens += count;
        ownTokens += count;
        return chunk;
    }

    Finished finished() {
        phase = Phase.ENDING;
        return new Finished(work.getRequestId(), work.getAttempt(), work.getWorker(), chunks, tokens);
    }

    Failed failed(Outcome outcome, Failure failure) {
        phase = Phase.ENDING;
        return new Failed(work.getRequestId(), work.getAttempt(), work.getWorker(), chunks, tokens, outcome, failure);
    }

    void over() {
        phase = Phase.OVER;
    }

    Phase phase() {
        return phase;
    }

    WorkAssigned work() {
        return work;
    }

    /** Tokens that this attempt wrote. */
    int ownTokens() {
        return ownTokens;
    }

    /** About what the request takes to hold. */
    int bytes() {
        return work.getRequest().getPrompt().length();
    }

    HeldWork held() {
        return new HeldWork(work.getRequestId(), work.getAttempt(), ownTokens);
    }
}
