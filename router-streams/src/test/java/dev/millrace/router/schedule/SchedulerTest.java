package dev.millrace.router.schedule;

import static dev.millrace.router.Requests.held;
import static dev.millrace.router.Requests.report;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.CancelRequested;
import dev.millrace.event.CloseCause;
import dev.millrace.event.Closed;
import dev.millrace.event.EndReason;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Outcome;
import dev.millrace.event.Priority;
import dev.millrace.event.RoutingRule;
import dev.millrace.event.RoutingRules;
import dev.millrace.event.WorkEnded;
import dev.millrace.event.WorkStarted;
import dev.millrace.event.WorkerReported;
import dev.millrace.reply.RequestId;
import dev.millrace.router.Requests;
import dev.millrace.router.schedule.Decision.Assign;
import dev.millrace.router.schedule.Decision.Loss;
import dev.millrace.router.schedule.Entry.Phase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerTest {

    private static final long START = 1_800_000_000_000L;

    private final Requests make = new Requests(1);
    private final Set<String> ended = new HashSet<>();
    private final List<Decision> all = new ArrayList<>();
    private @Nullable RoutingRules rules;
    private boolean known = true;
    private long now = START;
    private long sequence;
    private long ticks;
    private Scheduler scheduler = scheduler(QueueConfig.DEFAULT);

    private Scheduler scheduler(QueueConfig queue) {
        Rulebook rulebook = new Rulebook() {
            @Override
            public Optional<RoutingRules> rules(String model) {
                return Optional.ofNullable(rules);
            }

            @Override
            public boolean isKnown(String model) {
                return known;
            }
        };
        return new Scheduler("router", SchedulerConfig.DEFAULT, queue, rulebook, ended::contains);
    }

    @Test
    void aRequestWaitsUntilAWorkerHasRoomAndIsThenBound() {
        InferenceRequested request = ask("a");
        assertThat(assigned()).isEmpty();
        work("w1", 1);
        assertThat(assigned()).singleElement().satisfies(to -> {
            assertThat(to.entry().id()).isEqualTo(request.getRequestId());
            assertThat(to.to().number()).isEqualTo(1);
            assertThat(to.partition()).isIn(2, 5);
            assertThat(to.alone()).isFalse();
        });
    }

    @Test
    void noMoreIsGivenThanAWorkerHasSlots() {
        work("w1", 2);
        ask("a");
        ask("a");
        InferenceRequested third = ask("a");
        assertThat(assigned()).hasSize(2);
        end(assigned().get(0), EndReason.FINISHED);
        assertThat(assigned()).hasSize(3).last().satisfies(to -> assertThat(
                        to.entry().id())
                .isEqualTo(third.getRequestId()));
    }

    @Test
    void theWorkerWithTheLeastBacklogIsChosen() {
        take(report("w1", ++sequence, 4).setTokenBacklog(500).build());
        take(report("w2", ++sequence, 4).setTokenBacklog(350).build());
        ask("a");
        ask("a");
        ask("a");
        assertThat(assigned().stream().map(to -> to.to().worker())).containsExactly("w2", "w2", "w1");
    }

    @Test
    void requestsOfOneSessionMeetTheSameWorker() {
        work("w1", 50);
        work("w2", 50);
        work("w3", 50);
        for (int i = 0; i < 12; i++) {
            InferenceRequested.Builder request = Requests.request(make.id(now), "a", Priority.INTERACTIVE);
            send(request.setAffinity("session-" + i % 4).build());
        }
        for (int i = 0; i < 12; i++) {
            assertThat(assigned().get(i).to().worker())
                    .isEqualTo(assigned().get(i % 4).to().worker());
        }
    }

    @Test
    void classesGoFirstThenTenantsShareByTokensAndWeight() {
        ask("batch", Priority.BATCH, 100);
        ask("greedy", Priority.INTERACTIVE, 100);
        ask("greedy", Priority.INTERACTIVE, 100);
        ask("greedy", Priority.INTERACTIVE, 100);
        ask("modest", Priority.INTERACTIVE, 100);
        ask("heavy", Priority.INTERACTIVE, 200);
        ask("heavy", Priority.INTERACTIVE, 200);
        ask("background", Priority.BACKGROUND, 100);
        work("w1", 20);
        List<String> order = assigned().stream()
                .map(to -> to.entry().ticket().request().getFacts().getTenant())
                .toList();
        assertThat(order.subList(0, 3)).containsExactlyInAnyOrder("greedy", "modest", "heavy");
        assertThat(order.get(3)).isEqualTo("heavy");
        assertThat(order).endsWith("greedy", "background", "batch");
    }

    @Test
    void anImpatientRequestOfALowerClassGetsItsShare() {
        InferenceRequested patient = ask("b", Priority.BATCH, 100);
        now += QueueConfig.DEFAULT.batchPatienceMillis();
        for (int i = 0; i < 20; i++) {
            ask("a");
        }
        work("w1", 8);
        assertThat(assigned().stream().map(to -> to.entry().id())).contains(patient.getRequestId());
    }

    @Test
    void poolsShareByWeightAndALowerPriorityWaitsForTheBetterToBeGone() {
        rules = rules(rule("big", 0, 300), rule("small", 0, 100), rule("spare", 1, 100));
        for (String pool : List.of("big", "small", "spare")) {
            take(report(pool + "-worker", ++sequence, 100).setPool(pool).build());
        }
        for (int i = 0; i < 8; i++) {
            ask("a");
        }
        assertThat(assigned().stream().filter(to -> to.to().pool().equals("big")))
                .hasSize(6);
        assertThat(assigned().stream().filter(to -> to.to().pool().equals("small")))
                .hasSize(2);

        rules = rules(rule("gone", 0, 100), rule("spare", 1, 100));
        tick(250);
        ask("a");
        assertThat(assigned()).last().satisfies(to -> assertThat(to.to().pool()).isEqualTo("spare"));
    }

    @Test
    void aPoolGetsNoMoreThanItsRate() {
        rules = rules(RoutingRule.newBuilder().setPool("slow").setMaxRps(2).build());
        take(report("w1", ++sequence, 100).setPool("slow").build());
        for (int i = 0; i < 5; i++) {
            ask("a");
        }
        assertThat(assigned()).hasSize(2);
        tick(500);
        assertThat(assigned()).hasSize(3);
    }

    @Test
    void aSilentWorkerLosesItsWorkOnTheLogsClockOnly() {
        work("w1", 1);
        ask("a");
        String requestId = assigned().get(0).entry().id();
        take(scheduler.started(new WorkStarted(requestId, Requests.MODEL, "w1", 1, 1, 0), now));
        work("w1", 1, 1, assigned().get(0));
        tick(0);
        tick(300_000);
        assertThat(lost()).as("after an outage").isEmpty();
        tickFor(3250);
        assertThat(lost()).containsExactly(Loss.WORKER_SILENT);
        work("w2", 1);
        assertThat(assigned()).hasSize(2).last().satisfies(to -> {
            assertThat(to.entry().attempt()).isEqualTo(2);
            assertThat(to.to().worker()).isEqualTo("w2");
        });
    }

    @Test
    void aWorkerThatComesBackWithItsWorkKeepsIt() {
        work("w1", 1);
        ask("a");
        work("w1", 1, 1, assigned().get(0));
        tick(0);
        tickFor(3500);
        assertThat(only().phase()).isEqualTo(Phase.QUEUED);
        work("w1", 1, 1, assigned().get(0));
        assertThat(only().phase()).isEqualTo(Phase.ASSIGNED);
        assertThat(assigned()).hasSize(1);
    }

    @Test
    void whatAWorkerHasSeenAndNoLongerHoldsIsLostUnlessItIsSettledSoon() {
        work("w1", 1);
        ask("a");
        tick(0);
        take(report("w1", ++sequence, 1).setHighestAssignment(1).build());
        assertThat(only().phase()).isEqualTo(Phase.RELEASED);
        tick(SchedulerConfig.DEFAULT.releaseMillis());
        assertThat(assigned()).hasSize(2);
    }

    @Test
    void anAssignmentThatIsNeverSeenIsGivenAgain() {
        work("w1", 1);
        ask("a");
        tick(0);
        for (int i = 0; i < 21; i++) {
            tick(250);
            take(report("w1", ++sequence, 1).build());
        }
        assertThat(lost()).containsExactly(Loss.NOT_SEEN);
        assertThat(assigned()).hasSize(2);
    }

    @Test
    void aRouterThatIsFarBehindGivesItsWorkersTheirTimeAllTheSame() {
        work("w1", 1);
        ask("a");
        scheduler.tickSent(++ticks);
        for (int i = 0; i < 40; i++) {
            now += 250;
            take(report("w1", ++sequence, 1).build());
            take(scheduler.tick(0, now));
        }
        assertThat(lost()).as("ticks from before the assignment").isEmpty();
        take(scheduler.tick(ticks, now));
        tick(SchedulerConfig.DEFAULT.assignmentMillis());
        assertThat(lost()).containsExactly(Loss.NOT_SEEN);
    }

    @Test
    void aRefusalCostsNoRetryAndWaitsForTheNextReport() {
        work("w1", 1);
        ask("a");
        end(assigned().get(0), EndReason.REFUSED);
        assertThat(assigned()).hasSize(1);
        work("w1", 1);
        assertThat(assigned()).hasSize(2);
        assertThat(only().losses()).isZero();
    }

    @Test
    void whatAWorkerFoundEndedIsLetGo() {
        work("w1", 1);
        InferenceRequested request = ask("a");
        end(assigned().get(0), EndReason.END_FOUND);
        assertThat(scheduler.entries()).isEmpty();
        assertThat(all).contains(new Decision.Forget(request.getRequestId()));
        ask("a");
        assertThat(assigned()).as("its slot is free").hasSize(2);
    }

    @Test
    void whatALeavingWorkerHandsOverGoesOnAtOnceAndCostsNoRetry() {
        work("w1", 1);
        ask("a");
        work("w2", 1);
        end(assigned().get(0), EndReason.HANDED_OVER);
        assertThat(assigned()).hasSize(2).last().satisfies(to -> assertThat(
                        to.entry().attempt())
                .isEqualTo(2));
        assertThat(only().losses()).isZero();
    }

    @Test
    void afterItsRetriesARequestIsGivenUp() {
        work("w1", 1);
        ask("a");
        for (int i = 0; i < 4; i++) {
            assertThat(assigned()).hasSize(i + 1);
            end(assigned().get(i), EndReason.ABANDONED);
            work("w1", 1);
        }
        assertThat(closed()).singleElement().satisfies(end -> {
            assertThat(end.getCause()).isEqualTo(CloseCause.ATTEMPTS_EXHAUSTED);
            assertThat(end.getAttempt()).isEqualTo(5);
        });
    }

    @Test
    void aHigherAttemptThatAWorkerSawIsNeverGivenOutAgain() {
        work("w1", 1);
        ask("a");
        Assign first = assigned().get(0);
        take(new WorkEnded(first.entry().id(), Requests.MODEL, "w1", 1, EndReason.SUPERSEDED, 7, 0));
        assertThat(assigned()).last().satisfies(to -> assertThat(to.entry().attempt())
                .isEqualTo(8));
    }

    @Test
    void twoDeathsMakeItRunAloneAndAThirdCondemnsIt() {
        InferenceRequested request = ask("a");
        for (int death = 1; death <= 3; death++) {
            String worker = "w" + death;
            work(worker, 2);
            Assign to = assigned().get(death - 1);
            assertThat(to.alone()).isEqualTo(death == 3);
            work(worker, 2, 1, to);
            if (death == 3) {
                ask("b");
                assertThat(assigned()).hasSize(3);
            }
            tick(0);
            tickFor(3500);
        }
        assertThat(all).filteredOn(Decision.Condemn.class::isInstance).hasSize(1);
        assertThat(closed()).singleElement().satisfies(end -> {
            assertThat(end.getRequestId()).isEqualTo(request.getRequestId());
            assertThat(end.getCause()).isEqualTo(CloseCause.POISON);
            assertThat(end.getFailure().getCode()).isEqualTo("worker_crashed");
        });
    }

    @Test
    void whatMustRunAloneWaitsForAWorkerToBeIdle() {
        InferenceRequested request = ask("a");
        for (int death = 1; death <= 2; death++) {
            work("w" + death, 2);
            work("w" + death, 2, 1, assigned().get(death - 1));
            tick(0);
            tickFor(3500);
        }
        take(report("w3", ++sequence, 2).setFreeSlots(1).build());
        ask("b");
        assertThat(assigned()).hasSize(2);
        work("w3", 2);
        assertThat(assigned()).hasSize(3).last().satisfies(to -> assertThat(
                        to.entry().id())
                .isEqualTo(request.getRequestId()));
    }

    @Test
    void cancelledWhileItWaitsItIsClosedAndWhileItRunsItsWorkerIsAsked() {
        InferenceRequested waiting = ask("a");
        cancel(waiting);
        assertThat(closed()).singleElement().satisfies(end -> {
            assertThat(end.getOutcome()).isEqualTo(Outcome.CANCELLED);
            assertThat(end.getFailure().getStatus()).isEqualTo(499);
        });
        settle(waiting);

        work("w1", 1);
        InferenceRequested running = ask("a");
        work("w1", 1, 1, assigned().get(0));
        cancel(running);
        assertThat(stops()).containsExactly(Outcome.CANCELLED);
        assertThat(closed()).hasSize(1);
        tick(SchedulerConfig.DEFAULT.cancelMillis());
        assertThat(closed()).hasSize(2);
        assertThat(stops()).containsExactly(Outcome.CANCELLED, Outcome.FAILED);
    }

    @Test
    void aCancelThatComesBeforeItsRequestStillCounts() {
        RequestId id = make.id(now);
        take(scheduler.cancel(new CancelRequested(id.toString(), Requests.MODEL, ""), now));
        send(Requests.request(id));
        assertThat(closed()).singleElement().satisfies(end -> assertThat(end.getCause())
                .isEqualTo(CloseCause.CANCELLED));
    }

    @Test
    void theQueueDeadlineTheFirstTokenAndTheLifetimeAreClocksOfTheirOwn() {
        send(Requests.request(make.id(now), "a", Priority.INTERACTIVE)
                .setQueueTimeoutMillis(1000)
                .build());
        take(report("w0", ++sequence, 1).setFreeSlots(0).build());
        tick(1000);
        assertThat(closed()).singleElement().satisfies(end -> {
            assertThat(end.getCause()).isEqualTo(CloseCause.QUEUE_DEADLINE);
            assertThat(end.getFailure().getStatus()).isEqualTo(504);
        });

        InferenceRequested slow = ask("a");
        work("w1", 1);
        work("w1", 1, 1, assigned().get(0));
        tick(30_000);
        assertThat(lost()).contains(Loss.NO_FIRST_TOKEN);
        work("w2", 1);
        Assign again = assigned().get(assigned().size() - 1);
        assertThat(again.to().worker()).isEqualTo("w2");
        take(scheduler.started(
                new WorkStarted(
                        slow.getRequestId(), Requests.MODEL, "w2", again.entry().attempt(), 1, 0),
                now));
        work("w2", 1, 1, again);
        tick(570_000);
        assertThat(closed()).last().satisfies(end -> assertThat(end.getCause())
                .isEqualTo(CloseCause.LIFETIME_EXCEEDED));
    }

    /** The door's clock and the log's may differ: what counts is the time that the log gave it. */
    @ParameterizedTest
    @ValueSource(longs = {-3_600_000, 3_600_000})
    void aLifeIsCountedByTheLogsClock(long skewMillis) {
        work("w1", 1);
        send(Requests.request(make.id(now + skewMillis)));
        work("w1", 1, 1, assigned().get(0));
        take(scheduler.started(new WorkStarted(assigned().get(0).entry().id(), Requests.MODEL, "w1", 1, 1, 0), now));
        tick(599_000);
        assertThat(closed()).isEmpty();
        tick(1000);
        assertThat(closed()).singleElement().satisfies(end -> assertThat(end.getCause())
                .isEqualTo(CloseCause.LIFETIME_EXCEEDED));
    }

    /** Or a record of it that is read again later would start it anew. */
    @Test
    void whatWouldBeForgottenBeforeItsLifeIsOverStartsNothing() {
        long longest = SchedulerConfig.DEFAULT.tombstoneMillis() - 600_000;
        work("w1", 4);
        send(Requests.request(make.id(now - longest - 1)));
        assertThat(closed()).singleElement().satisfies(end -> assertThat(end.getCause())
                .isEqualTo(CloseCause.LIFETIME_EXCEEDED));
        send(Requests.request(make.id(now - longest)));
        assertThat(assigned()).hasSize(1);
    }

    @Test
    void pastTheBoundsARequestIsClosed() {
        scheduler = scheduler(new QueueConfig(2, 1 << 20, 1, 1, 8, 0, 0));
        ask("a");
        ask("a");
        ask("a");
        assertThat(closed()).singleElement().satisfies(end -> {
            assertThat(end.getCause()).isEqualTo(CloseCause.OVERLOADED);
            assertThat(end.getFailure().getStatus()).isEqualTo(503);
            assertThat(end.getFailure().getRetryAfterMillis()).isNotNull();
        });
        scheduler = scheduler(new QueueConfig(100, 150, 1, 1, 8, 0, 0));
        ask("a");
        ask("a");
        assertThat(closed()).hasSize(2);
    }

    @Test
    void whatIsTurnedAwayIsNotCountedAsItsTenantsUse() {
        scheduler = scheduler(new QueueConfig(2, 1 << 20, 1, 1, 8, 0, 0));
        ask("greedy");
        ask("greedy");
        for (int i = 0; i < 50; i++) {
            ask("modest");
        }
        assertThat(closed()).hasSize(50);
        work("w1", 1);
        InferenceRequested modest = ask("modest");
        work("w2", 1);
        assertThat(assigned()).hasSize(2).last().satisfies(to -> assertThat(
                        to.entry().id())
                .as("the second of the greedy one waits behind the first of the other")
                .isEqualTo(modest.getRequestId()));
    }

    @Test
    void aWorkerThatStillHoldsWhatEndedIsStopped() {
        work("w1", 1);
        InferenceRequested request = ask("a");
        Assign first = assigned().get(0);
        settle(request);
        work("w1", 1, 1, first);
        assertThat(stops()).containsExactly(Outcome.FAILED);
        assertThat(scheduler.entries()).isEmpty();
    }

    @Test
    void aWorkerKeepsWhatThisRouterDoesNotKnowYet() {
        InferenceRequested request = Requests.request(make.id(now));
        take(report("w1", ++sequence, 1)
                .setHeld(List.of(held(request.getRequestId(), 1)))
                .build());
        assertThat(stops()).as("the request may be read later").isEmpty();
    }

    @Test
    void aClosedThatDoesNotCountIsWrittenAgainHigher() {
        InferenceRequested request = ask("a");
        cancel(request);
        for (int i = 0; i < 4; i++) {
            tick(60_000);
        }
        assertThat(closed().stream().map(Closed::getAttempt))
                .isSorted()
                .doesNotHaveDuplicates()
                .hasSize(5);
        settle(request);
        assertThat(scheduler.entries()).isEmpty();
    }

    @Test
    void aRequestThatIsReadAgainStartsNothing() {
        work("w1", 4);
        InferenceRequested request = ask("a");
        send(request);
        assertThat(assigned()).hasSize(1);
        settle(request);
        send(request);
        assertThat(assigned()).hasSize(1);
        assertThat(scheduler.entries()).isEmpty();
    }

    @Test
    void whatIsRestoredDecidesAsBefore() {
        work("w1", 2);
        for (int i = 0; i < 6; i++) {
            ask("tenant-" + i % 2);
        }
        cancel(assigned().get(0).entry().ticket().request());
        end(assigned().get(1), EndReason.FINISHED);
        List<Entry> kept = kept();
        assertThat(kept).containsExactlyInAnyOrderElementsOf(scheduler.entries());

        Scheduler before = scheduler;
        scheduler = scheduler(QueueConfig.DEFAULT);
        scheduler.restore(kept);
        assertThat(scheduler.entries()).containsExactlyInAnyOrderElementsOf(before.entries());
        take(report("w2", ++sequence, 9).build());
        List<String> restored = assignedTo("w2");
        scheduler = before;
        all.clear();
        take(report("w2", ++sequence, 9).build());
        assertThat(assignedTo("w2")).isEqualTo(restored).isNotEmpty();
    }

    /** What the shell would have kept. */
    private List<Entry> kept() {
        Map<String, Entry> kept = new LinkedHashMap<>();
        for (Decision decision : all) {
            if (decision instanceof Decision.Save save) {
                kept.put(save.entry().id(), save.entry());
            } else if (decision instanceof Decision.Forget forget) {
                kept.remove(forget.requestId());
            }
        }
        return List.copyOf(kept.values());
    }

    private List<String> assignedTo(String worker) {
        return assigned().stream()
                .filter(to -> to.to().worker().equals(worker))
                .map(to -> to.entry().id() + to.entry().attempt())
                .toList();
    }

    private static RoutingRules rules(RoutingRule... rules) {
        return new RoutingRules(Requests.MODEL, List.of(rules), 1L);
    }

    private static RoutingRule rule(String pool, int priority, int weight) {
        return RoutingRule.newBuilder()
                .setPool(pool)
                .setPriority(priority)
                .setWeight(weight)
                .build();
    }

    private InferenceRequested ask(String tenant) {
        return ask(tenant, Priority.INTERACTIVE, 100);
    }

    private InferenceRequested ask(String tenant, Priority priority, int weight) {
        InferenceRequested request = Requests.request(make.id(now), tenant, priority)
                .setTenantWeight(weight)
                .setQueueTimeoutMillis(86_400_000)
                .setLifetimeMillis(priority == Priority.BATCH ? 86_400_000 : 600_000)
                .build();
        send(request);
        return request;
    }

    private void send(InferenceRequested request) {
        RequestId id = RequestId.parse(request.getRequestId()).orElseThrow();
        take(scheduler.request(id, request, 100, now));
    }

    private void cancel(InferenceRequested request) {
        take(scheduler.cancel(new CancelRequested(request.getRequestId(), Requests.MODEL, "gone"), now));
    }

    private void settle(InferenceRequested request) {
        take(scheduler.settled(request.getRequestId(), now));
        ended.add(request.getRequestId());
    }

    private void work(String worker, int slots) {
        take(report(worker, ++sequence, slots).build());
    }

    private void work(String worker, int slots, long highest, Assign holds) {
        take(report(worker, ++sequence, slots)
                .setFreeSlots(slots - 1)
                .setHighestAssignment(highest)
                .setHeld(List.of(held(holds.entry().id(), holds.entry().attempt())))
                .build());
    }

    private void end(Assign assign, EndReason reason) {
        take(new WorkEnded(
                assign.entry().id(),
                Requests.MODEL,
                assign.to().worker(),
                assign.entry().attempt(),
                reason,
                0,
                0));
    }

    private void take(WorkerReported report) {
        take(scheduler.report(report, now));
    }

    private void take(WorkEnded end) {
        take(scheduler.ended(end, now));
    }

    private void take(List<Decision> decisions) {
        all.addAll(decisions);
    }

    private void tick(long millis) {
        scheduler.tickSent(++ticks);
        take(scheduler.tick(ticks, now));
        now += millis;
        take(scheduler.tick(0, now));
    }

    private void tickFor(long millis) {
        for (long at = 0; at < millis; at += 250) {
            tick(250);
        }
    }

    private Entry only() {
        return scheduler.entries().iterator().next();
    }

    private List<Assign> assigned() {
        return all.stream()
                .filter(Assign.class::isInstance)
                .map(Assign.class::cast)
                .toList();
    }

    private List<Closed> closed() {
        return all.stream()
                .filter(Decision.Close.class::isInstance)
                .map(decision -> ((Decision.Close) decision).event())
                .toList();
    }

    private List<Outcome> stops() {
        return all.stream()
                .filter(Decision.Stop.class::isInstance)
                .map(decision -> ((Decision.Stop) decision).event().getOutcome())
                .toList();
    }

    private List<Loss> lost() {
        return all.stream()
                .filter(Decision.Lost.class::isInstance)
                .map(decision -> ((Decision.Lost) decision).loss())
                .toList();
    }
}
