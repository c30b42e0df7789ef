package dev.millrace.router.schedule;

import static dev.millrace.router.Requests.report;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.CancelRequested;
import dev.millrace.event.CloseCause;
import dev.millrace.event.Closed;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Outcome;
import dev.millrace.event.Priority;
import dev.millrace.event.WorkStarted;
import dev.millrace.reply.RequestId;
import dev.millrace.router.Requests;
import dev.millrace.router.schedule.Decision.Assign;
import dev.millrace.router.schedule.Decision.Loss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the router itself ends a request. */
class ClosingTest {

    private final Rehearsal router = new Rehearsal();

    @Test
    void cancelledWhileItWaitsItIsClosedAndWhileItRunsItsWorkerIsAsked() {
        InferenceRequested waiting = router.ask("a");
        router.cancel(waiting);
        assertThat(router.closed()).singleElement().satisfies(end -> {
            assertThat(end.getOutcome()).isEqualTo(Outcome.CANCELLED);
            assertThat(end.getFailure().getStatus()).isEqualTo(499);
        });
        router.settle(waiting);

        router.work("w1", 1);
        InferenceRequested running = router.ask("a");
        router.work("w1", 1, 1, router.assigned().get(0));
        router.cancel(running);
        assertThat(router.stops()).containsExactly(Outcome.CANCELLED);
        assertThat(router.closed()).hasSize(1);
        router.tick(SchedulerConfig.DEFAULT.cancelMillis());
        assertThat(router.closed()).hasSize(2);
        assertThat(router.stops()).containsExactly(Outcome.CANCELLED, Outcome.FAILED);
    }

    @Test
    void aCancelThatComesBeforeItsRequestStillCounts() {
        RequestId id = router.make.id(router.now);
        router.take(router.scheduler.cancel(new CancelRequested(id.toString(), Requests.MODEL, ""), router.now));
        router.send(Requests.request(id));
        assertThat(router.closed()).singleElement().satisfies(end -> assertThat(end.getCause())
                .isEqualTo(CloseCause.CANCELLED));
    }

    @Test
    void theQueueDeadlineTheFirstTokenAndTheLifetimeAreClocksOfTheirOwn() {
        router.send(Requests.request(router.make.id(router.now), "a", Priority.INTERACTIVE)
                .setQueueTimeoutMillis(1000)
                .build());
        router.take(report("w0", ++router.sequence, 1).setFreeSlots(0).build());
        router.tick(1000);
        assertThat(router.closed()).singleElement().satisfies(end -> {
            assertThat(end.getCause()).isEqualTo(CloseCause.QUEUE_DEADLINE);
            assertThat(end.getFailure().getStatus()).isEqualTo(504);
        });

        InferenceRequested slow = router.ask("a");
        router.work("w1", 1);
        router.work("w1", 1, 1, router.assigned().get(0));
        router.tick(30_000);
        assertThat(router.lost()).contains(Loss.NO_FIRST_TOKEN);
        router.work("w2", 1);
        Assign again = router.assigned().get(router.assigned().size() - 1);
        assertThat(again.to().worker()).isEqualTo("w2");
        router.take(router.scheduler.started(
                new WorkStarted(
                        slow.getRequestId(), Requests.MODEL, "w2", again.entry().attempt(), 1, 0),
                router.now));
        router.work("w2", 1, 1, again);
        router.tick(570_000);
        assertThat(router.closed()).last().satisfies(end -> assertThat(end.getCause())
                .isEqualTo(CloseCause.LIFETIME_EXCEEDED));
    }

    /** The door's clock and the log's may differ: what counts is the time that the log gave it. */
    @ParameterizedTest
    @ValueSource(longs = {-3_600_000, 3_600_000})
    void aLifeIsCountedByTheLogsClock(long skewMillis) {
        router.work("w1", 1);
        router.send(Requests.request(router.make.id(router.now + skewMillis)));
        router.work("w1", 1, 1, router.assigned().get(0));
        router.take(router.scheduler.started(
                new WorkStarted(router.assigned().get(0).entry().id(), Requests.MODEL, "w1", 1, 1, 0), router.now));
        router.tick(599_000);
        assertThat(router.closed()).isEmpty();
        router.tick(1000);
        assertThat(router.closed()).singleElement().satisfies(end -> assertThat(end.getCause())
                .isEqualTo(CloseCause.LIFETIME_EXCEEDED));
    }

    /** Or a record of it that is read again later would start it anew. */
    @Test
    void whatWouldBeForgottenBeforeItsLifeIsOverStartsNothing() {
        long longest = SchedulerConfig.DEFAULT.tombstoneMillis() - 600_000;
        router.work("w1", 4);
        router.send(Requests.request(router.make.id(router.now - longest - 1)));
        assertThat(router.closed()).singleElement().satisfies(end -> assertThat(end.getCause())
                .isEqualTo(CloseCause.LIFETIME_EXCEEDED));
        router.send(Requests.request(router.make.id(router.now - longest)));
        assertThat(router.assigned()).hasSize(1);
    }

    @Test
    void aClosedThatDoesNotCountIsWrittenAgainHigher() {
        InferenceRequested request = router.ask("a");
        router.cancel(request);
        for (int i = 0; i < 4; i++) {
            router.tick(60_000);
        }
        assertThat(router.closed().stream().map(Closed::getAttempt))
                .isSorted()
                .doesNotHaveDuplicates()
                .hasSize(5);
        router.settle(request);
        assertThat(router.scheduler.entries()).isEmpty();
    }

    @Test
    void aRequestThatIsReadAgainStartsNothing() {
        router.work("w1", 4);
        InferenceRequested request = router.ask("a");
        router.send(request);
        assertThat(router.assigned()).hasSize(1);
        router.settle(request);
        router.send(request);
        assertThat(router.assigned()).hasSize(1);
        assertThat(router.scheduler.entries()).isEmpty();
    }
}
