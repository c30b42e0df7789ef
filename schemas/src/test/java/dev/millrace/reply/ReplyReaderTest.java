package dev.millrace.reply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.Accepted;
import dev.millrace.event.Chunk;
import dev.millrace.event.CloseCause;
import dev.millrace.event.Closed;
import dev.millrace.event.Failed;
import dev.millrace.event.Failure;
import dev.millrace.event.Finished;
import dev.millrace.event.Outcome;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.Started;
import dev.millrace.event.TakenOver;
import dev.millrace.reply.ReplyReader.Owner;
import java.util.Arrays;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ReplyReaderTest {

    private static final RequestFacts FACTS =
            RequestFacts.newBuilder().setModel("echo").build();
    private static final Failure FAILURE = new Failure(500, "server_error", null, "broke", null, null);

    private final ReplyReader reader = new ReplyReader();

    private static Started started(int attempt, String worker) {
        return new Started("r", attempt, worker, "pool", "local", FACTS);
    }

    private static TakenOver takenOver(int attempt, String worker) {
        return new TakenOver("r", attempt, worker, "pool", "local", FACTS);
    }

    private static Chunk chunk(int attempt, String worker, int sequence, int tokens) {
        return Chunk.newBuilder()
                .setRequestId("r")
                .setAttempt(attempt)
                .setWorker(worker)
                .setSequence(sequence)
                .setTokens(tokens)
                .setText("t" + sequence)
                .build();
    }

    private static Finished finished(int attempt, String worker, int chunks, int tokens) {
        return new Finished("r", attempt, worker, chunks, tokens);
    }

    private static Failed failed(int attempt, String worker, int chunks, int tokens) {
        return new Failed("r", attempt, worker, chunks, tokens, Outcome.FAILED, FAILURE);
    }

    private static Closed closed(int attempt) {
        return new Closed("r", attempt, "router", CloseCause.QUEUE_DEADLINE, Outcome.FAILED, FAILURE, FACTS);
    }

    private void given(SpecificRecord... events) {
        Arrays.stream(events).forEach(event -> assertThat(reader.read(event)).isTrue());
    }

    private void counts(SpecificRecord event) {
        assertThat(reader.read(event)).isTrue();
    }

    private void doesNotCount(SpecificRecord event) {
        Owner owner = reader.owner();
        SpecificRecord end = reader.end();
        int chunks = reader.chunks();
        int tokens = reader.tokens();
        assertThat(reader.read(event)).isFalse();
        assertThat(reader.owner()).isEqualTo(owner);
        assertThat(reader.end()).isSameAs(end);
        assertThat(reader.chunks()).isEqualTo(chunks);
        assertThat(reader.tokens()).isEqualTo(tokens);
    }

    @Nested
    class TheOwner {

        @Test
        void isTheWriterOfTheFirstStarted() {
            counts(started(1, "a"));
            assertThat(reader.owner()).isEqualTo(new Owner(1, "a"));
        }

        @Test
        void isNotChangedByAnotherStarted() {
            given(started(1, "a"));
            doesNotCount(started(1, "b"));
            doesNotCount(started(2, "b"));
        }

        @Test
        void isNotMadeByStartedAfterAnEnd() {
            given(closed(1));
            doesNotCount(started(2, "a"));
        }

        @Test
        void isTheWriterOfATakenOverWithAHigherAttempt() {
            given(started(1, "a"));
            counts(takenOver(2, "b"));
            assertThat(reader.owner()).isEqualTo(new Owner(2, "b"));
        }

        @Test
        void maySkipAttempts() {
            given(started(1, "a"), takenOver(5, "b"));
            doesNotCount(takenOver(4, "c"));
        }

        @Test
        void isNotChangedByATakenOverWithTheSameOrALowerAttempt() {
            given(started(1, "a"), takenOver(2, "b"));
            doesNotCount(takenOver(2, "c"));
            doesNotCount(takenOver(1, "a"));
        }

        @Test
        void isMadeByTakenOverWhereNobodyStarted() {
            counts(takenOver(2, "b"));
            doesNotCount(started(1, "a"));
        }

        @Test
        void isNotMadeByTakenOverAfterAnEnd() {
            given(started(1, "a"), finished(1, "a", 0, 0));
            doesNotCount(takenOver(2, "b"));
        }
    }

    @Nested
    class Chunks {

        @Test
        void countFromTheOwnerInOrder() {
            given(started(1, "a"), chunk(1, "a", 0, 2), chunk(1, "a", 1, 1));
            assertThat(reader.chunks()).isEqualTo(2);
            assertThat(reader.tokens()).isEqualTo(3);
        }

        @Test
        void doNotCountBeforeThereIsAnOwner() {
            doesNotCount(chunk(1, "a", 0, 1));
        }

        @Test
        void countOnceEach() {
            given(started(1, "a"), chunk(1, "a", 0, 1));
            doesNotCount(chunk(1, "a", 0, 1));
        }

        @Test
        void doNotCountAfterAGap() {
            given(started(1, "a"), chunk(1, "a", 0, 1));
            doesNotCount(chunk(1, "a", 2, 1));
            counts(chunk(1, "a", 1, 1));
        }

        @Test
        void doNotCountFromTheOwnersWorkerInAnotherAttempt() {
            given(started(1, "a"), takenOver(2, "b"), takenOver(3, "a"));
            doesNotCount(chunk(1, "a", 0, 1));
            counts(chunk(3, "a", 0, 1));
        }

        @Test
        void doNotCountFromTheOwnersAttemptByAnotherWorker() {
            given(started(1, "a"));
            doesNotCount(chunk(1, "b", 0, 1));
        }

        @Test
        void doNotCountFromADisplacedOwner() {
            given(started(1, "a"), chunk(1, "a", 0, 1), takenOver(2, "b"));
            doesNotCount(chunk(1, "a", 1, 1));
        }

        @Test
        void areNumberedThroughTheWholeRequest() {
            given(started(1, "a"), chunk(1, "a", 0, 1), takenOver(2, "b"));
            doesNotCount(chunk(2, "b", 0, 1));
            counts(chunk(2, "b", 1, 1));
        }

        @Test
        void areNumberedThroughAllChoices() {
            given(started(1, "a"), chunk(1, "a", 0, 1));
            doesNotCount(Chunk.newBuilder(chunk(1, "a", 0, 1)).setChoice(1).build());
            counts(Chunk.newBuilder(chunk(1, "a", 1, 1)).setChoice(1).build());
            counts(chunk(1, "a", 2, 1));
        }

        @Test
        void doNotCountAfterAnEnd() {
            given(started(1, "a"), chunk(1, "a", 0, 1), finished(1, "a", 1, 1));
            doesNotCount(chunk(1, "a", 1, 1));
        }
    }

    @Nested
    class TheEnd {

        @Test
        void isTheOwnersFinishedWhereItsTotalsAreWhatCounted() {
            Finished end = finished(1, "a", 1, 2);
            given(started(1, "a"), chunk(1, "a", 0, 2));
            counts(end);
            assertThat(reader.end()).isSameAs(end);
        }

        @Test
        void isNotAFinishedThatMissedAChunk() {
            given(started(1, "a"), chunk(1, "a", 0, 2));
            doesNotCount(finished(1, "a", 2, 3));
            doesNotCount(finished(1, "a", 0, 0));
        }

        @Test
        void isNotAFinishedWithOtherTokens() {
            given(started(1, "a"), chunk(1, "a", 0, 2));
            doesNotCount(finished(1, "a", 1, 3));
        }

        @Test
        void isTheOwnersFailedWhereItsTotalsAreWhatCounted() {
            given(started(1, "a"), chunk(1, "a", 0, 2));
            doesNotCount(failed(1, "a", 0, 0));
            doesNotCount(failed(1, "a", 1, 1));
            counts(failed(1, "a", 1, 2));
        }

        @Test
        void comesFromNobodyButTheOwner() {
            given(started(1, "a"), takenOver(2, "b"));
            doesNotCount(finished(1, "a", 0, 0));
            doesNotCount(failed(1, "a", 0, 0));
            doesNotCount(finished(2, "a", 0, 0));
            doesNotCount(finished(1, "b", 0, 0));
        }

        @Test
        void comesFromNoWorkerThatDidNotStart() {
            doesNotCount(finished(1, "a", 0, 0));
            doesNotCount(failed(1, "a", 0, 0));
        }

        @Test
        void isAClosedAboveTheOwnersAttempt() {
            given(started(1, "a"), chunk(1, "a", 0, 1));
            doesNotCount(closed(1));
            counts(closed(2));
            assertThat(reader.owner()).isEqualTo(new Owner(2, "router"));
            assertThat(reader.chunks()).isEqualTo(1);
        }

        @Test
        void isAClosedWhereNobodyOwns() {
            counts(closed(1));
        }

        @Test
        void isTheFirstThatCounts() {
            for (SpecificRecord first :
                    new SpecificRecord[] {finished(1, "a", 0, 0), failed(1, "a", 0, 0), closed(2)}) {
                ReplyReader fresh = new ReplyReader();
                assertThat(fresh.read(started(1, "a"))).isTrue();
                assertThat(fresh.read(first)).isTrue();
                for (SpecificRecord later : new SpecificRecord[] {
                    finished(1, "a", 0, 0), failed(1, "a", 0, 0), closed(3), finished(2, "router", 0, 0)
                }) {
                    assertThat(fresh.read(later))
                            .as("%s after %s", later, first)
                            .isFalse();
                }
                assertThat(fresh.end()).isSameAs(first);
            }
        }

        @Test
        void countsAsManyChunksAsItSaysWhoeverWroteThem() {
            given(started(1, "a"), chunk(1, "a", 0, 2), takenOver(2, "b"), chunk(2, "b", 1, 1));
            doesNotCount(finished(2, "b", 1, 1));
            counts(finished(2, "b", 2, 3));
        }
    }

    @Test
    void acceptedTellsSomethingAndCountsForNothing() {
        doesNotCount(new Accepted("r", 0, "router"));
    }
}
