package dev.millrace.router.schedule;

import static dev.millrace.router.Requests.held;
import static dev.millrace.router.Requests.report;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.EndReason;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Outcome;
import dev.millrace.event.WorkStarted;
import dev.millrace.router.Requests;
import dev.millrace.router.schedule.Decision.Assign;
import dev.millrace.router.schedule.Decision.Loss;
import dev.millrace.router.schedule.Entry.Phase;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What counts as lost, and what does not. */
class LossTest {

    private final Rehearsal router = new Rehearsal();

    @Test
    void aSilentWorkerLosesItsWorkOnTheLogsClockOnly() {
        router.work("w1", 1);
        router.ask("a");
        String requestId = router.assigned().get(0).entry().id();
        router.take(router.scheduler.started(new WorkStarted(requestId, Requests.MODEL, "w1", 1, 1, 0), router.now));
        router.work("w1", 1, 1, router.assigned().get(0));
        router.tick(0);
        router.tick(300_000);
        assertThat(router.lost()).as("after an outage").isEmpty();
        router.tickFor(3250);
        assertThat(router.lost()).containsExactly(Loss.WORKER_SILENT);
        router.work("w2", 1);
        assertThat(router.assigned()).hasSize(2).last().satisfies(to -> {
            assertThat(to.entry().attempt()).isEqualTo(2);
            assertThat(to.to().worker()).isEqualTo("w2");
        });
    }

    @Test
    void aLogWhoseClockIsSetBackKeepsNobodyWaiting() {
        router.work("w1", 1);
        router.work("w2", 1);
        router.ask("a");
        router.ask("b");
        router.work("w1", 1, 1, router.assigned().get(0));
        router.work("w2", 1, 1, router.assigned().get(1));
        router.tick(0);
        router.take(report("w2", ++router.sequence, 1).setHighestAssignment(1).build());
        router.now -= 3_600_000;
        router.tick(0);
        router.tick(SchedulerConfig.DEFAULT.releaseMillis());
        assertThat(router.lost()).as("what w2 let go of").containsExactly(Loss.NOT_SETTLED);
        router.tickFor(3250);
        assertThat(router.lost()).as("and what the silent w1 had").contains(Loss.WORKER_SILENT);
    }

    @Test
    void aWorkerThatComesBackWithItsWorkKeepsIt() {
        router.work("w1", 1);
        router.ask("a");
        router.work("w1", 1, 1, router.assigned().get(0));
        router.tick(0);
        router.tickFor(3500);
        assertThat(router.only().phase()).isEqualTo(Phase.QUEUED);
        router.work("w1", 1, 1, router.assigned().get(0));
        assertThat(router.only().phase()).isEqualTo(Phase.ASSIGNED);
        assertThat(router.assigned()).hasSize(1);
    }

    @Test
    void whatAWorkerHasSeenAndNoLongerHoldsIsLostUnlessItIsSettledSoon() {
        router.work("w1", 1);
        router.ask("a");
        router.tick(0);
        router.take(report("w1", ++router.sequence, 1).setHighestAssignment(1).build());
        assertThat(router.only().phase()).isEqualTo(Phase.RELEASED);
        router.tick(SchedulerConfig.DEFAULT.releaseMillis());
        assertThat(router.assigned()).hasSize(2);
    }

    @Test
    void anAssignmentThatIsNeverSeenIsGivenAgain() {
        router.work("w1", 1);
        router.ask("a");
        router.tick(0);
        for (int i = 0; i < 21; i++) {
            router.tick(250);
            router.take(report("w1", ++router.sequence, 1).build());
        }
        assertThat(router.lost()).containsExactly(Loss.NOT_SEEN);
        assertThat(router.assigned()).hasSize(2);
    }

    @Test
    void whatItsWorkerHoldsIsNotLostBecauseAnotherReadItToo() {
        router.work("w1", 1);
        router.ask("a");
        Assign to = router.assigned().get(0);
        router.work("w1", 1, 1, to);
        router.work("w2", 1);
        router.end(to, EndReason.REFUSED);
        assertThat(router.lost()).isEmpty();
        assertThat(router.only().isWith("w1")).isTrue();
    }

    @Test
    void aRouterThatIsFarBehindGivesItsWorkersTheirTimeAllTheSame() {
        router.work("w1", 1);
        router.ask("a");
        router.scheduler.tickSent(++router.ticks);
        for (int i = 0; i < 40; i++) {
            router.now += 250;
            router.take(report("w1", ++router.sequence, 1).build());
            router.take(router.scheduler.tick(0, router.now));
        }
        assertThat(router.lost()).as("ticks from before the assignment").isEmpty();
        router.take(router.scheduler.tick(router.ticks, router.now));
        router.tick(SchedulerConfig.DEFAULT.assignmentMillis());
        assertThat(router.lost()).containsExactly(Loss.NOT_SEEN);
    }

    @Test
    void aWorkerThatStillHoldsWhatEndedIsStopped() {
        router.work("w1", 1);
        InferenceRequested request = router.ask("a");
        Assign first = router.assigned().get(0);
        router.settle(request);
        router.work("w1", 1, 1, first);
        assertThat(router.stops()).containsExactly(Outcome.FAILED);
        assertThat(router.scheduler.entries()).isEmpty();
    }

    @Test
    void aWorkerKeepsWhatThisRouterDoesNotKnowYet() {
        InferenceRequested request = Requests.request(router.make.id(router.now));
        router.take(report("w1", ++router.sequence, 1)
                .setHeld(List.of(held(request.getRequestId(), 1)))
                .build());
        assertThat(router.stops()).as("the request may be read later").isEmpty();
    }

    @Test
    void whatAWorkerFoundEndedIsLetGo() {
        router.work("w1", 1);
        InferenceRequested request = router.ask("a");
        router.end(router.assigned().get(0), EndReason.END_FOUND);
        assertThat(router.scheduler.entries()).isEmpty();
        assertThat(router.all).contains(new Decision.Forget(request.getRequestId()));
        router.ask("a");
        assertThat(router.assigned()).as("its slot is free").hasSize(2);
    }
}
