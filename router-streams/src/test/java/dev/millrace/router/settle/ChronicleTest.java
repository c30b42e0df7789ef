package dev.millrace.router.settle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.Accepted;
import dev.millrace.event.Chunk;
import dev.millrace.event.CloseCause;
import dev.millrace.event.Closed;
import dev.millrace.event.Failure;
import dev.millrace.event.Finished;
import dev.millrace.event.Outcome;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.Started;
import dev.millrace.event.TakenOver;
import dev.millrace.reply.RequestId;
import dev.millrace.router.Requests;
import dev.millrace.topic.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class ChronicleTest {

    private static final long MADE = 1_800_000_000_000L;
    private static final SettlerConfig CONFIG = new SettlerConfig(200, 6000, 1_000_000, 2, 15_000);

    private final Requests make = new Requests(1);
    private final List<SpecificRecord> log = new ArrayList<>();
    private final List<Settlement> settled = new ArrayList<>();
    private int looked;
    private Chronicle chronicle = begin(0);

    private Chronicle begin(long offset) {
        return new Chronicle(3, offset, CONFIG, (partition, from, to, reader) -> {
            looked++;
            for (long at = from; at < to; at++) {
                reader.read(log.get((int) at), at, MADE + at);
            }
        });
    }

    @Test
    void anEndIsSettledWithAllThatCounted() {
        RequestId id = make.id(MADE);
        write(accepted(id), started(id, 1, "w1"), chunk(id, 1, "w1", 0, "Hello "), chunk(id, 1, "w9", 1, "no"));
        write(takenOver(id, 2, "w2"), chunk(id, 1, "w1", 1, "late"), chunk(id, 2, "w2", 1, "world"));
        assertThat(settled).isEmpty();
        write(finished(id, 1, "w1", 2), finished(id, 2, "w2", 2), finished(id, 2, "w2", 2));
        assertThat(settled).singleElement().satisfies(end -> {
            assertThat(end.usage().getOutcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(end.usage().getOutputTokens()).isEqualTo(2);
            assertThat(end.usage().getInputTokens()).isEqualTo(5);
            assertThat(end.usage().getWorker()).isEqualTo("w2");
            assertThat(end.usage().getPool()).isEqualTo("pool-w2");
            assertThat(end.usage().getCreatedAtMillis()).isEqualTo(MADE);
            assertThat(end.usage().getFirstTokenAtMillis()).isEqualTo(MADE + 2);
            assertThat(end.usage().getEndedAtMillis()).isEqualTo(MADE + 8);
            assertThat(end.completion().getChoices().get(0).getText()).isEqualTo("Hello world");
        });
    }

    @Test
    void whatTheRouterClosedIsSettledWithWhatItSays() {
        RequestId id = make.id(MADE);
        write(accepted(id), closed(id, 1));
        assertThat(settled).singleElement().satisfies(end -> {
            assertThat(end.usage().getOutcome()).isEqualTo(Outcome.FAILED);
            assertThat(end.usage().getFailure().getStatus()).isEqualTo(503);
            assertThat(end.usage().getProvider()).isEmpty();
            assertThat(end.usage().getFirstTokenAtMillis()).isNull();
        });
    }

    @Test
    void textsThatNoRecordCouldHoldAreNotGathered() {
        RequestId id = make.id(MADE);
        String half = "x".repeat(Limits.MAX_RECORD_BYTES / 2 + 1);
        write(started(id, 1, "w1"), chunk(id, 1, "w1", 0, half), chunk(id, 1, "w1", 1, half));
        write(chunk(id, 1, "w1", 2, "more"), finished(id, 1, "w1", 3));
        assertThat(settled).singleElement().satisfies(end -> {
            assertThat(end.completion().getChoices()).isEmpty();
            assertThat(end.usage().getOutputTokens()).isEqualTo(3);
        });
    }

    @Test
    void theCommitStopsAtTheOldestThatHasAnOwnerAndNoEnd() {
        RequestId first = make.id(MADE);
        RequestId second = make.id(MADE);
        write(accepted(first), accepted(second), started(second, 1, "w1"), started(first, 1, "w1"));
        assertThat(chronicle.settledUpTo()).isEqualTo(2);
        write(finished(second, 1, "w1", 0));
        assertThat(chronicle.settledUpTo()).isEqualTo(3);
        write(finished(first, 1, "w1", 0));
        assertThat(chronicle.settledUpTo()).isEqualTo(6);
    }

    @Test
    void aRequestThatEndedBeforeTheSettlerBeganIsNotSettledByALateEvent() {
        RequestId id = make.id(MADE);
        write(started(id, 1, "w1"), finished(id, 1, "w1", 0));
        settled.clear();
        chronicle = begin(log.size());
        write(takenOver(id, 2, "w2"), finished(id, 2, "w2", 0), closed(id, 3));
        assertThat(settled).isEmpty();
        assertThat(looked).isEqualTo(1);
    }

    @Test
    void aRequestThatWaitedWhileTheSettlerBeganAgainIsSettled() {
        RequestId id = make.id(MADE);
        write(accepted(id));
        chronicle = begin(log.size());
        write(started(id, 1, "w1"), finished(id, 1, "w1", 0));
        assertThat(settled).hasSize(1);
    }

    @Test
    void oneLookBackServesManyRequests() {
        List<RequestId> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add(make.id(MADE, log.size()));
            write(accepted(ids.get(i)));
        }
        chronicle = begin(log.size());
        for (RequestId id : ids) {
            write(started(id, 1, "w1"));
        }
        assertThat(looked).isEqualTo(1);
    }

    @Test
    void whatIsNoLongerRememberedIsLookedUp() {
        RequestId early = make.id(MADE, 0);
        write(started(early, 1, "w1"), finished(early, 1, "w1", 0));
        for (int i = 0; i < 5; i++) {
            RequestId id = make.id(MADE, log.size());
            write(started(id, 1, "w1"), finished(id, 1, "w1", 0));
        }
        assertThat(looked).isZero();
        assertThat(settled).hasSize(6);
        write(closed(early, 2));
        assertThat(settled).hasSize(6);
        assertThat(looked).isEqualTo(1);
    }

    @Test
    void whatOutlivesEveryLifetimeNoLongerHoldsBackTheCommit() {
        RequestId stuck = make.id(MADE - CONFIG.maxOpenMillis());
        write(started(stuck, 1, "w1"));
        RequestId later = make.id(MADE, log.size());
        write(accepted(later), closed(later, 1));
        assertThat(chronicle.settledUpTo()).isZero();
        chronicle.expire();
        assertThat(chronicle.settledUpTo()).isEqualTo(3);
        assertThat(chronicle.takeDropped()).isEqualTo(1);
    }

    @Test
    void anEventInAnotherPartitionThanItsOwnCountsForNothing() {
        chronicle = new Chronicle(4, 0, CONFIG, (partition, from, to, reader) -> {});
        RequestId id = make.id(MADE);
        write(started(id, 1, "w1"), finished(id, 1, "w1", 0));
        assertThat(settled).isEmpty();
    }

    private void write(SpecificRecord... events) {
        for (SpecificRecord event : events) {
            long offset = log.size();
            log.add(event);
            Optional<Settlement> end = chronicle.read(event, offset, MADE + offset);
            end.ifPresent(settled::add);
        }
    }

    private static RequestFacts facts(RequestId id) {
        return Requests.request(id).getFacts();
    }

    private static Accepted accepted(RequestId id) {
        return new Accepted(id.toString(), 0, "router");
    }

    private static Started started(RequestId id, int attempt, String worker) {
        return new Started(id.toString(), attempt, worker, "pool-" + worker, "local", facts(id));
    }

    private static TakenOver takenOver(RequestId id, int attempt, String worker) {
        return new TakenOver(id.toString(), attempt, worker, "pool-" + worker, "local", facts(id));
    }

    private static Chunk chunk(RequestId id, int attempt, String worker, int sequence, String text) {
        return Chunk.newBuilder()
                .setRequestId(id.toString())
                .setAttempt(attempt)
                .setWorker(worker)
                .setSequence(sequence)
                .setText(text)
                .setTokens(1)
                .setPromptTokens(sequence == 0 ? 5 : null)
                .build();
    }

    private static Finished finished(RequestId id, int attempt, String worker, int tokens) {
        return new Finished(id.toString(), attempt, worker, tokens, tokens);
    }

    private static Closed closed(RequestId id, int attempt) {
        return new Closed(
                id.toString(),
                attempt,
                "router",
                CloseCause.NO_WORKER,
                Outcome.FAILED,
                new Failure(503, "server_error", "no_worker", "no worker", null, 1000L),
                facts(id));
    }
}
