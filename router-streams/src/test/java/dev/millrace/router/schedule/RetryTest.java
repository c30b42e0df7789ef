package dev.millrace.router.schedule;

import static dev.millrace.router.Requests.held;
import static dev.millrace.router.Requests.report;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.CloseCause;
import dev.millrace.event.EndReason;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.WorkEnded;
import dev.millrace.router.Requests;
import dev.millrace.router.schedule.Decision.Assign;
import org.junit.jupiter.api.Test;

/** What comes after an attempt that ended nothing. */
class RetryTest {

    private final Rehearsal router = new Rehearsal();

    @Test
    void aRefusalCostsNoRetryAndWaitsForTheNextReport() {
        router.work("w1", 1);
        router.ask("a");
        router.end(router.assigned().get(0), EndReason.REFUSED);
        assertThat(router.assigned()).hasSize(1);
        router.work("w1", 1);
        assertThat(router.assigned()).hasSize(2);
        assertThat(router.only().losses()).isZero();
    }

    @Test
    void whatALeavingWorkerHandsOverGoesOnAtOnceAndCostsNoRetry() {
        router.work("w1", 1);
        router.ask("a");
        router.work("w2", 1);
        router.end(router.assigned().get(0), EndReason.HANDED_OVER);
        assertThat(router.assigned()).hasSize(2).last().satisfies(to -> assertThat(
                        to.entry().attempt())
                .isEqualTo(2));
        assertThat(router.only().losses()).isZero();
    }

    @Test
    void afterItsRetriesARequestIsGivenUp() {
        router.work("w1", 1);
        router.ask("a");
        for (int i = 0; i < 4; i++) {
            assertThat(router.assigned()).hasSize(i + 1);
            router.end(router.assigned().get(i), EndReason.ABANDONED);
            router.work("w1", 1);
        }
        assertThat(router.closed()).singleElement().satisfies(end -> {
            assertThat(end.getCause()).isEqualTo(CloseCause.ATTEMPTS_EXHAUSTED);
            assertThat(end.getAttempt()).isEqualTo(5);
        });
    }

    @Test
    void aHigherAttemptThatAWorkerSawIsNeverGivenOutAgain() {
        router.work("w1", 1);
        router.ask("a");
        Assign first = router.assigned().get(0);
        router.take(new WorkEnded(first.entry().id(), Requests.MODEL, "w1", 1, EndReason.SUPERSEDED, 7, 0));
        assertThat(router.assigned())
                .last()
                .satisfies(to -> assertThat(to.entry().attempt()).isEqualTo(8));
    }

    @Test
    void twoDeathsMakeItRunAloneAndAThirdCondemnsIt() {
        InferenceRequested request = router.ask("a");
        for (int death = 1; death <= 3; death++) {
            String worker = "w" + death;
            router.work(worker, 2);
            Assign to = router.assigned().get(death - 1);
            assertThat(to.alone()).isEqualTo(death == 3);
            router.work(worker, 2, 1, to);
            if (death == 3) {
                router.ask("b");
                assertThat(router.assigned()).hasSize(3);
            }
            router.tick(0);
            router.tickFor(3500);
        }
        assertThat(router.all).filteredOn(Decision.Condemn.class::isInstance).hasSize(1);
        assertThat(router.closed()).singleElement().satisfies(end -> {
            assertThat(end.getRequestId()).isEqualTo(request.getRequestId());
            assertThat(end.getCause()).isEqualTo(CloseCause.POISON);
            assertThat(end.getFailure().getCode()).isEqualTo("worker_crashed");
        });
    }

    @Test
    void aWorkerThatDiedBeforeItCouldTellOfItsWorkMayHaveDiedOfAFirstAttemptOnly() {
        router.ask("a");
        for (int attempt = 1; attempt <= 3; attempt++) {
            router.work("w" + attempt, 2);
            assertThat(router.assigned()).hasSize(attempt).last().satisfies(to -> assertThat(to.alone())
                    .isFalse());
            router.tick(0);
            router.tickFor(3500);
            assertThat(router.only().deaths()).as("after attempt %d", attempt).isEqualTo(1);
            assertThat(router.only().losses()).isZero();
        }
    }

    @Test
    void aWorkerThatComesBackWithItsWorkHasNotDied() {
        router.work("w1", 2);
        InferenceRequested request = router.ask("a");
        for (int pause = 1; pause <= 4; pause++) {
            router.tick(0);
            router.tickFor(3500);
            assertThat(router.only().deaths()).as("in pause %d", pause).isEqualTo(1);
            router.work("w1", 2, 1, router.assigned().get(0));
            assertThat(router.only().deaths()).as("after pause %d", pause).isZero();
            assertThat(router.only().losses()).isZero();
        }
        assertThat(router.closed()).isEmpty();
        assertThat(router.assigned())
                .singleElement()
                .satisfies(to -> assertThat(to.entry().id()).isEqualTo(request.getRequestId()));
    }

    @Test
    void nobodyIsCondemnedWhoNeverRanAlone() {
        router.ask("a");
        for (int death = 1; death <= 2; death++) {
            String worker = "w" + death;
            router.work(worker, 2);
            Assign to = router.assigned().get(death - 1);
            for (int silence = 1; silence <= 2; silence++) {
                router.work(worker, 2, 1, to);
                router.tick(0);
                router.tickFor(3500);
            }
        }
        assertThat(router.closed()).isEmpty();
        router.work("w3", 2);
        assertThat(router.assigned()).hasSize(3).last().satisfies(to -> assertThat(to.alone())
                .isTrue());
    }

    @Test
    void whatMustRunAloneWaitsForAWorkerToBeIdle() {
        InferenceRequested request = router.ask("a");
        for (int death = 1; death <= 2; death++) {
            router.work("w" + death, 2);
            router.work("w" + death, 2, 1, router.assigned().get(death - 1));
            router.tick(0);
            router.tickFor(3500);
        }
        router.take(report("w3", ++router.sequence, 2).setFreeSlots(1).build());
        router.ask("b");
        assertThat(router.assigned()).hasSize(2);
        router.work("w3", 2);
        assertThat(router.assigned()).hasSize(3).last().satisfies(to -> assertThat(
                        to.entry().id())
                .isEqualTo(request.getRequestId()));
    }

    @Test
    void aWorkerThatLeavesKeepsNobodyFromRunningAloneElsewhere() {
        router.ask("a");
        for (int death = 1; death <= 2; death++) {
            router.work("w" + death, 2);
            router.work("w" + death, 2, 1, router.assigned().get(death - 1));
            router.tick(0);
            router.tickFor(3500);
        }
        router.take(report("w3", ++router.sequence, 2).setFreeSlots(1).build());
        router.take(report("w3", ++router.sequence, 2)
                .setFreeSlots(0)
                .setDraining(true)
                .build());
        router.work("w4", 2);
        assertThat(router.assigned()).hasSize(3).last().satisfies(to -> assertThat(
                        to.to().worker())
                .isEqualTo("w4"));
    }

    @Test
    void thoseThatMustRunAloneLeaveHalfOfTheWorkersToOthers() {
        router.work("w1", 2);
        router.ask("a");
        router.ask("a");
        for (int death = 1; death <= 2; death++) {
            router.work("w" + death, 2);
            router.take(report("w" + death, ++router.sequence, 2)
                    .setHighestAssignment(2)
                    .setHeld(router.scheduler.entries().stream()
                            .map(entry -> held(entry.id(), entry.attempt()))
                            .toList())
                    .build());
            router.tick(0);
            router.tickFor(3500);
        }
        router.work("w3", 2);
        router.work("w4", 2);
        assertThat(router.assigned()).hasSize(5).last().satisfies(to -> assertThat(to.alone())
                .isTrue());
        router.ask("b");
        assertThat(router.assigned()).hasSize(6).last().satisfies(to -> {
            assertThat(to.alone()).isFalse();
            assertThat(to.to().worker()).isEqualTo("w4");
        });
    }
}
