package dev.millrace.gpu.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.Chunk;
import dev.millrace.event.EndReason;
import dev.millrace.event.Failed;
import dev.millrace.event.Failure;
import dev.millrace.event.Finished;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Started;
import dev.millrace.event.WorkAssigned;
import dev.millrace.event.WorkEnded;
import dev.millrace.event.WorkStarted;
import dev.millrace.gpu.work.Script.Begun;
import org.junit.jupiter.api.Test;

final class DeskTest {

    private final Bureau bureau = new Bureau();

    @Test
    void carriesAFirstAttemptFromMarkerToEnd() {
        String id = bureau.take(1);
        Begun task = bureau.begun();
        task.sayFirst("a ", 11, 5);
        bureau.settle();
        task.say("b", 12);
        bureau.settle();
        task.end("stop");
        bureau.settle();

        assertThat(bureau.log.events.get(0)).isInstanceOf(Started.class);
        assertThat(bureau.log.all(Chunk.class)).extracting(Chunk::getSequence).containsExactly(0, 1, 2);
        assertThat(bureau.log.all(Chunk.class)).extracting(Chunk::getTokens).containsExactly(1, 1, 0);
        assertThat(bureau.log.all(Chunk.class))
                .extracting(Chunk::getPromptTokens)
                .containsExactly(5, null, null);
        assertThat(bureau.log.reader(id).end()).isInstanceOf(Finished.class);
        assertThat(bureau.told(WorkStarted.class))
                .extracting(WorkStarted::getPromptTokens)
                .containsExactly(5);
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.FINISHED);
        assertThat(bureau.ended().getOutputTokens()).isEqualTo(2);
    }

    @Test
    void writesAGeneratorsFailureWithMatchingTotals() {
        String id = bureau.take(1);
        bureau.begun().sayFirst("a ", 11, 5);
        bureau.begun().sink().failed(new Failure(500, "server_error", null, "broken", null, null));
        bureau.settle();

        assertThat(bureau.log.reader(id).end()).isInstanceOf(Failed.class);
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.FAILED);
    }

    @Test
    void piecesThatWaitTogetherShareAChunk() {
        bureau.take(1);
        bureau.begun().sayFirst("a ", 11, 5);
        bureau.begun().say("b ", 12);
        bureau.begun().say("c", 13);
        bureau.settle();

        assertThat(bureau.log.all(Chunk.class)).hasSize(1);
        assertThat(bureau.log.all(Chunk.class).get(0).getText()).isEqualTo("a b c");
        assertThat(bureau.log.all(Chunk.class).get(0).getTokenIds()).containsExactly(11, 12, 13);
    }

    @Test
    void refusesWhatIsMeantForAnotherInTheNameOfThatOne() {
        WorkAssigned work = bureau.work(bureau.id(), 1);
        bureau.desk.take(WorkAssigned.newBuilder(work).setWorker("gone").build());
        bureau.settle();

        assertThat(bureau.log.events).isEmpty();
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.REFUSED);
        assertThat(bureau.ended().getWorker()).isEqualTo("gone");
        assertThat(bureau.ended().getAttempt()).isEqualTo(1);
    }

    @Test
    void refusesAnIdThatNamesNoPlaceInTheReplyLog() {
        bureau.take("not an id", 1);

        assertThat(bureau.log.events).isEmpty();
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.REFUSED);
    }

    @Test
    void anAssignmentThatIsReadAgainChangesNothing() {
        String id = bureau.id();
        WorkAssigned work = bureau.work(id, 1);
        bureau.desk.take(work);
        bureau.desk.take(work);
        bureau.settle();
        assertThat(bureau.generator.begun).hasSize(1);

        bureau.begun().end("stop");
        bureau.settle();
        bureau.desk.take(work);
        bureau.settle();

        assertThat(bureau.generator.begun).hasSize(1);
        assertThat(bureau.log.all(Started.class)).hasSize(1);
        assertThat(bureau.told(WorkEnded.class)).hasSize(1);
    }

    @Test
    void aLaterAttemptAtTheSameRequestReplacesTheOneHeld() {
        String id = bureau.take(1);
        Begun first = bureau.begun();
        first.sayFirst("a ", 11, 5);
        bureau.settle();
        bureau.take(id, 2);
        first.say("lost", 99);
        bureau.settle();
        bureau.begun().say("b", 12);
        bureau.begun().end("stop");
        bureau.settle();

        assertThat(bureau.generator.cancelled).contains(id);
        assertThat(bureau.log.all(Chunk.class)).extracting(Chunk::getText).containsExactly("a ", "b", "");
        assertThat(bureau.log.reader(id).end()).isInstanceOf(Finished.class);
    }

    @Test
    void aChunkThatCouldNotBeSentEndsTheAttemptAndNothingFollows() {
        String id = bureau.take(1);
        bureau.log.failing = Chunk.class;
        bureau.begun().sayFirst("a ", 11, 5);
        bureau.settle();
        bureau.log.failing = null;
        bureau.begun().say("b", 12);
        bureau.begun().end("stop");
        bureau.settle();

        assertThat(bureau.log.events).hasSize(1);
        assertThat(bureau.generator.cancelled).containsExactly(id);
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.ABANDONED);
        assertThat(bureau.report().getHeld()).isEmpty();
    }

    @Test
    void aGeneratorThatThrowsCostsOneAttemptAndNoMore() {
        bureau.generator.broken = true;
        bureau.take(1);
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.ABANDONED);

        bureau.generator.broken = false;
        bureau.take(1);
        assertThat(bureau.generator.begun).hasSize(1);
    }

    @Test
    void aMarkerThatCouldNotBeSentBeginsNothing() {
        bureau.log.failing = Started.class;
        bureau.take(1);

        assertThat(bureau.generator.begun).isEmpty();
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.ABANDONED);
    }

    @Test
    void anEndWhoseWritingFailedIsLeftToTheNextAttempt() {
        bureau.take(1);
        bureau.log.failing = Finished.class;
        bureau.begun().end("stop");
        bureau.settle();

        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.ABANDONED);
    }

    @Test
    void whoGeneratesMoreThanCanBeWrittenIsCutOff() {
        String id = bureau.take(1);
        bureau.log.inFlightBytes = bureau.config.maxInFlightBytes();
        bureau.begun().sayFirst("x".repeat(300), 11, 5);
        bureau.settle();
        assertThat(bureau.begun().sink().isBehind()).isFalse();
        bureau.begun().say("x".repeat(300), 12);
        assertThat(bureau.begun().sink().isBehind()).isTrue();
        bureau.begun().say("x".repeat(3000), 13);
        bureau.begun().say("x".repeat(3000), 14);
        bureau.settle();

        assertThat(bureau.log.all(Chunk.class)).isEmpty();
        assertThat(bureau.generator.cancelled).containsExactly(id);
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.ABANDONED);
    }

    @Test
    void whatStalledGoesOnOnceTheBrokersHaveCaughtUp() {
        bureau.take(1);
        bureau.log.inFlightBytes = bureau.config.maxInFlightBytes();
        bureau.begun().sayFirst("a", 11, 5);
        bureau.settle();
        assertThat(bureau.log.all(Chunk.class)).isEmpty();

        bureau.log.inFlightBytes = 0;
        bureau.settle();
        assertThat(bureau.log.all(Chunk.class)).hasSize(1);
    }

    @Test
    void whatFindsNoRoomWaitsAndStartsWhenThereIsSome() {
        bureau.generator.slots = 1;
        bureau.take(1);
        bureau.take(1);
        assertThat(bureau.generator.begun).hasSize(1);
        assertThat(bureau.log.all(Started.class)).hasSize(2);
        assertThat(bureau.desk.isFull()).isFalse();
        bureau.take(1);
        assertThat(bureau.desk.isFull()).isTrue();

        bureau.generator.begun.get(0).end("stop");
        bureau.settle();
        assertThat(bureau.generator.begun).hasSize(2);
        assertThat(bureau.desk.isFull()).isFalse();
    }

    @Test
    void takesNoMoreThanItCanHoldHoweverMuchRoomTheGeneratorHas() {
        WorkAssigned small = bureau.work(bureau.id(), 1);
        WorkAssigned large = WorkAssigned.newBuilder(small)
                .setRequest(InferenceRequested.newBuilder(small.getRequest())
                        .setPrompt("x".repeat(bureau.config.maxHeldBytes()))
                        .build())
                .build();
        bureau.desk.take(large);
        bureau.pass(400);
        assertThat(bureau.desk.isFull()).isTrue();
        assertThat(bureau.report().getFreeSlots()).isZero();

        bureau.begun().end("stop");
        bureau.pass(400);
        assertThat(bureau.desk.isFull()).isFalse();
        assertThat(bureau.report().getFreeSlots()).isEqualTo(8);
    }

    @Test
    void whatMustRunAloneDoes() {
        bureau.take(1);
        bureau.desk.take(WorkAssigned.newBuilder(bureau.work(bureau.id(), 1))
                .setAlone(true)
                .build());
        bureau.take(1);
        assertThat(bureau.generator.begun).hasSize(1);

        bureau.begun().end("stop");
        bureau.settle();
        assertThat(bureau.generator.begun).hasSize(2);
        bureau.begun().end("stop");
        bureau.settle();
        assertThat(bureau.generator.begun).hasSize(3);
    }
}
