package dev.millrace.gpu.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.Chunk;
import dev.millrace.event.EndReason;
import dev.millrace.event.Failed;
import dev.millrace.event.Outcome;
import dev.millrace.event.WorkEnded;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the desk does when it hears that it should let go, before its work, in the middle of it, or of another's. */
final class CancelTest {

    private final Bureau bureau = new Bureau();

    @Test
    void cancelsWithAnEndThatCounts() {
        String id = bureau.take(1);
        bureau.begun().sayFirst("a", 11, 5);
        bureau.settle();
        bureau.cancel(id, 1, Outcome.CANCELLED);
        bureau.begun().say("b", 12);
        bureau.settle();

        Failed end = (Failed) Objects.requireNonNull(bureau.log.reader(id).end());
        assertThat(end.getOutcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(end.getFailure().getStatus()).isEqualTo(499);
        assertThat(end.getFailure().getCode()).isEqualTo("cancelled");
        assertThat(bureau.generator.cancelled).containsExactly(id);
        assertThat(bureau.log.all(Chunk.class)).hasSize(1);
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.FAILED);
    }

    @Test
    void letsGoSilentlyWhereTheRouterGoesOnElsewhere() {
        String id = bureau.take(1);
        bureau.cancel(id, 1, Outcome.FAILED);
        bureau.pass(100);

        assertThat(bureau.log.events).hasSize(1);
        assertThat(bureau.told(WorkEnded.class)).isEmpty();
        assertThat(bureau.generator.cancelled).containsExactly(id);
        assertThat(bureau.report().getHeld()).isEmpty();
    }

    @Test
    void aCancelThatComesBeforeItsAssignmentIsNotForgotten() {
        String id = bureau.id();
        bureau.cancel(id, 1, Outcome.CANCELLED);
        bureau.take(id, 1);

        assertThat(bureau.generator.begun).isEmpty();
        assertThat(bureau.log.reader(id).end()).isInstanceOf(Failed.class);
    }

    @Test
    void aCancelThatComesBeforeItsAssignmentOutlivesAnOlderOne() {
        String id = bureau.id();
        bureau.cancel(id, 2, Outcome.CANCELLED);
        bureau.take(id, 1);
        assertThat(bureau.generator.cancelled).isEmpty();
        bureau.take(id, 2);
        assertThat(bureau.log.reader(id).end()).isInstanceOfSatisfying(Failed.class, end -> assertThat(end.getOutcome())
                .isEqualTo(Outcome.CANCELLED));
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.FAILED);
    }

    @Test
    void aCancelOfAnotherAttemptIsIgnored() {
        String id = bureau.take(2);
        bureau.cancel(id, 1, Outcome.CANCELLED);

        assertThat(bureau.log.reader(id).end()).isNull();
        assertThat(bureau.generator.cancelled).isEmpty();
    }
}
