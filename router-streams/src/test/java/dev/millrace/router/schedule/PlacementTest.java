package dev.millrace.router.schedule;

import static dev.millrace.router.Requests.report;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.CloseCause;
import dev.millrace.event.EndReason;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Priority;
import dev.millrace.event.RoutingRule;
import dev.millrace.router.Requests;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who gets a worker, when and which one. */
class PlacementTest {

    private final Rehearsal router = new Rehearsal();

    @Test
    void aRequestWaitsUntilAWorkerHasRoomAndIsThenBound() {
        InferenceRequested request = router.ask("a");
        assertThat(router.assigned()).isEmpty();
        router.work("w1", 1);
        assertThat(router.assigned()).singleElement().satisfies(to -> {
            assertThat(to.entry().id()).isEqualTo(request.getRequestId());
            assertThat(to.to().number()).isEqualTo(1);
            assertThat(to.partition()).isIn(2, 5);
            assertThat(to.alone()).isFalse();
        });
    }

    @Test
    void aWorkerThatSaysAnImpossibleNumberStopsNobody() {
        router.take(report("w1", ++router.sequence, 1)
                .setHighestAssignment(Long.MAX_VALUE)
                .build());
        router.ask("a");
        assertThat(router.assigned()).singleElement().satisfies(to -> assertThat(to.partition())
                .isIn(2, 5));
    }

    @Test
    void noMoreIsGivenThanAWorkerHasSlots() {
        router.work("w1", 2);
        router.ask("a");
        router.ask("a");
        InferenceRequested third = router.ask("a");
        assertThat(router.assigned()).hasSize(2);
        router.end(router.assigned().get(0), EndReason.FINISHED);
        assertThat(router.assigned()).hasSize(3).last().satisfies(to -> assertThat(
                        to.entry().id())
                .isEqualTo(third.getRequestId()));
    }

    @Test
    void theWorkerWithTheLeastBacklogIsChosen() {
        router.take(report("w1", ++router.sequence, 4).setTokenBacklog(500).build());
        router.take(report("w2", ++router.sequence, 4).setTokenBacklog(350).build());
        router.ask("a");
        router.ask("a");
        router.ask("a");
        assertThat(router.assigned().stream().map(to -> to.to().worker())).containsExactly("w2", "w2", "w1");
    }

    @Test
    void requestsOfOneSessionMeetTheSameWorker() {
        router.work("w1", 50);
        router.work("w2", 50);
        router.work("w3", 50);
        for (int i = 0; i < 12; i++) {
            InferenceRequested.Builder request =
                    Requests.request(router.make.id(router.now), "a", Priority.INTERACTIVE);
            router.send(request.setAffinity("session-" + i % 4).build());
        }
        for (int i = 0; i < 12; i++) {
            assertThat(router.assigned().get(i).to().worker())
                    .isEqualTo(router.assigned().get(i % 4).to().worker());
        }
    }

    @Test
    void classesGoFirstThenTenantsShareByTokensAndWeight() {
        router.ask("batch", Priority.BATCH, 100);
        router.ask("greedy", Priority.INTERACTIVE, 100);
        router.ask("greedy", Priority.INTERACTIVE, 100);
        router.ask("greedy", Priority.INTERACTIVE, 100);
        router.ask("modest", Priority.INTERACTIVE, 100);
        router.ask("heavy", Priority.INTERACTIVE, 200);
        router.ask("heavy", Priority.INTERACTIVE, 200);
        router.ask("background", Priority.BACKGROUND, 100);
        router.work("w1", 20);
        List<String> order = router.assigned().stream()
                .map(to -> to.entry().ticket().request().getFacts().getTenant())
                .toList();
        assertThat(order.subList(0, 3)).containsExactlyInAnyOrder("greedy", "modest", "heavy");
        assertThat(order.get(3)).isEqualTo("heavy");
        assertThat(order).endsWith("greedy", "background", "batch");
    }

    @Test
    void anImpatientRequestOfALowerClassGetsItsShare() {
        InferenceRequested patient = router.ask("b", Priority.BATCH, 100);
        router.now += QueueConfig.DEFAULT.batchPatienceMillis();
        for (int i = 0; i < 20; i++) {
            router.ask("a");
        }
        router.work("w1", 8);
        assertThat(router.assigned().stream().map(to -> to.entry().id())).contains(patient.getRequestId());
    }

    @Test
    void poolsShareByWeightAndALowerPriorityWaitsForTheBetterToBeGone() {
        router.rules = Rehearsal.rules(
                Rehearsal.rule("big", 0, 300), Rehearsal.rule("small", 0, 100), Rehearsal.rule("spare", 1, 100));
        for (String pool : List.of("big", "small", "spare")) {
            router.take(report(pool + "-worker", ++router.sequence, 100)
                    .setPool(pool)
                    .build());
        }
        for (int i = 0; i < 8; i++) {
            router.ask("a");
        }
        assertThat(router.assigned().stream().filter(to -> to.to().pool().equals("big")))
                .hasSize(6);
        assertThat(router.assigned().stream().filter(to -> to.to().pool().equals("small")))
                .hasSize(2);

        router.rules = Rehearsal.rules(Rehearsal.rule("gone", 0, 100), Rehearsal.rule("spare", 1, 100));
        router.tick(250);
        router.ask("a");
        assertThat(router.assigned()).last().satisfies(to -> assertThat(to.to().pool())
                .isEqualTo("spare"));
    }

    @Test
    void aPoolGetsNoMoreThanItsRate() {
        router.rules = Rehearsal.rules(
                RoutingRule.newBuilder().setPool("slow").setMaxRps(2).build());
        router.take(report("w1", ++router.sequence, 100).setPool("slow").build());
        for (int i = 0; i < 5; i++) {
            router.ask("a");
        }
        assertThat(router.assigned()).hasSize(2);
        router.tick(500);
        assertThat(router.assigned()).hasSize(3);
    }

    @Test
    void pastTheBoundsARequestIsClosed() {
        router.scheduler = router.scheduler(new QueueConfig(2, 1 << 20, 1, 1, 8, 0, 0));
        router.ask("a");
        router.ask("a");
        router.ask("a");
        assertThat(router.closed()).singleElement().satisfies(end -> {
            assertThat(end.getCause()).isEqualTo(CloseCause.OVERLOADED);
            assertThat(end.getFailure().getStatus()).isEqualTo(503);
            assertThat(end.getFailure().getRetryAfterMillis()).isNotNull();
        });
        router.scheduler = router.scheduler(new QueueConfig(100, 150, 1, 1, 8, 0, 0));
        router.ask("a");
        router.ask("a");
        assertThat(router.closed()).hasSize(2);
    }

    @Test
    void whatIsTurnedAwayIsNotCountedAsItsTenantsUse() {
        router.scheduler = router.scheduler(new QueueConfig(2, 1 << 20, 1, 1, 8, 0, 0));
        router.ask("greedy");
        router.ask("greedy");
        for (int i = 0; i < 50; i++) {
            router.ask("modest");
        }
        assertThat(router.closed()).hasSize(50);
        router.work("w1", 1);
        InferenceRequested modest = router.ask("modest");
        router.work("w2", 1);
        assertThat(router.assigned()).hasSize(2).last().satisfies(to -> assertThat(
                        to.entry().id())
                .as("the second of the greedy one waits behind the first of the other")
                .isEqualTo(modest.getRequestId()));
    }

    /** Anybody may write a request into the log. */
    @Test
    void anAbsurdGuessAtARequestsCostOverrunsNoSum() {
        router.ask("absurd", Long.MAX_VALUE);
        router.ask("absurd", Long.MAX_VALUE);
        router.ask("modest");
        router.ask("modest");
        router.ask("absurd", Long.MIN_VALUE);
        assertThat(router.scheduler.loads()).singleElement().satisfies(load -> assertThat(load.tokenBacklog())
                .isBetween(200L, 1L << 40));
        router.work("w1", 20);
        assertThat(router.assigned().stream()
                        .map(to -> to.entry().ticket().request().getFacts().getTenant()))
                .as("who says to need much waits behind those who need little")
                .containsSubsequence("modest", "modest", "absurd", "absurd");
    }

    @Test
    void whatIsRestoredDecidesAsBefore() {
        router.work("w1", 2);
        for (int i = 0; i < 6; i++) {
            router.ask("tenant-" + i % 2);
        }
        router.cancel(router.assigned().get(0).entry().ticket().request());
        router.end(router.assigned().get(1), EndReason.FINISHED);
        List<Entry> kept = router.kept();
        assertThat(kept).containsExactlyInAnyOrderElementsOf(router.scheduler.entries());

        Scheduler before = router.scheduler;
        router.scheduler = router.scheduler(QueueConfig.DEFAULT);
        router.scheduler.restore(kept);
        assertThat(router.scheduler.entries()).containsExactlyInAnyOrderElementsOf(before.entries());
        router.take(report("w2", ++router.sequence, 9).build());
        List<String> restored = router.assignedTo("w2");
        router.scheduler = before;
        router.all.clear();
        router.take(report("w2", ++router.sequence, 9).build());
        assertThat(router.assignedTo("w2")).isEqualTo(restored).isNotEmpty();
    }
}
