package dev.millrace.router.settle;

import dev.millrace.event.Chunk;
import dev.millrace.event.Closed;
import dev.millrace.event.CompletionRecorded;
import dev.millrace.event.Failed;
import dev.millrace.event.Failure;
import dev.millrace.event.Finished;
import dev.millrace.event.Outcome;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.Started;
import dev.millrace.event.TakenOver;
import dev.millrace.event.UsageRecorded;
import dev.millrace.reply.Answer;
import dev.millrace.reply.ReplyReader;
import dev.millrace.reply.RequestId;
import dev.millrace.topic.Limits;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** What counted of one request so far. */
final class Story {

    private final RequestId id;
    private final ReplyReader reader = new ReplyReader();
    /** Texts that no record could hold are left out of it: to gather them would cost memory for nothing. */
    private final Answer answer = new Answer(Limits.MAX_RECORD_BYTES);

    private String provider = "";
    private String pool = "";
    private @Nullable RequestFacts facts;
    private @Nullable Long firstTokenAtMillis;
    private long ownedFrom = -1;

    Story(RequestId id) {
        this.id = id;
    }

    RequestId id() {
        return id;
    }

    /** Where the first event lies that gave it an owner. */
    OptionalLong ownedFrom() {
        return ownedFrom < 0 ? OptionalLong.empty() : OptionalLong.of(ownedFrom);
    }

    /** Takes the next event; the settlement, if with it the request has ended. */
    Optional<Settlement> read(SpecificRecord event, long offset, long atMillis) {
        if (!reader.read(event)) {
            return Optional.empty();
        }
        if (event instanceof Chunk chunk) {
            answer.add(chunk);
            firstTokenAtMillis = firstTokenAtMillis == null ? Long.valueOf(atMillis) : firstTokenAtMillis;
            return Optional.empty();
        }
        ownedFrom = ownedFrom < 0 ? offset : ownedFrom;
        if (event instanceof Started started) {
            own(started.getFacts(), started.getProvider(), started.getPool());
        } else if (event instanceof TakenOver taken) {
            own(taken.getFacts(), taken.getProvider(), taken.getPool());
        } else if (event instanceof Finished) {
            return Optional.of(settle(Outcome.COMPLETED, null, atMillis));
        } else if (event instanceof Failed failed) {
            return Optional.of(settle(failed.getOutcome(), failed.getFailure(), atMillis));
        } else if (event instanceof Closed closed) {
            facts = closed.getFacts();
            return Optional.of(settle(closed.getOutcome(), closed.getFailure(), atMillis));
        }
        return Optional.empty();
    }

    private void own(RequestFacts told, String by, String in) {
        facts = told;
        provider = by;
        pool = in;
    }

    private Settlement settle(Outcome outcome, @Nullable Failure failure, long endedAtMillis) {
        ReplyReader.Owner owner = Objects.requireNonNull(reader.owner());
        RequestFacts asked = Objects.requireNonNull(facts);
        CompletionRecorded completion = new CompletionRecorded(
                id.toString(),
                asked,
                outcome,
                failure,
                provider,
                pool,
                owner.worker(),
                owner.attempt(),
                answer.promptTokens(),
                answer.cachedTokens(),
                answer.outputTokens(),
                answer.reasoningTokens(),
                id.timeMillis(),
                firstTokenAtMillis,
                endedAtMillis,
                answer.choices());
        UsageRecorded usage = new UsageRecorded(
                id.toString(),
                asked,
                outcome,
                failure,
                provider,
                pool,
                owner.worker(),
                owner.attempt(),
                answer.promptTokens(),
                answer.cachedTokens(),
                answer.outputTokens(),
                answer.reasoningTokens(),
                id.timeMillis(),
                firstTokenAtMillis,
                endedAtMillis);
        return new Settlement(completion, usage);
    }
}
