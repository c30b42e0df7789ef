package dev.millrace.gpu.generate.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlannerTest {

    private static Sequence sequence(long order, int length) {
        return sequence(order, length, 0);
    }

    private static Sequence sequence(long order, int length, int firstToken) {
        int[] tokens = IntStream.range(firstToken, firstToken + length).toArray();
        return new Sequence(order, tokens, length, true, null);
    }

    private static Plan step(Planner planner) {
        Plan plan = planner.plan();
        planner.ran(plan);
        plan.runs().stream().filter(Plan.Run::last).forEach(run -> run.sequence()
                .append(9));
        return plan;
    }

    @Test
    void aLongPromptIsReadInPiecesWhileOthersGoOn() {
        Planner planner = new Planner(100, 4, 8, 16);
        Sequence talking = sequence(1, 3, 500);
        planner.add(talking);
        step(planner);
        Sequence reading = sequence(2, 40);
        planner.add(reading);

        for (int i = 0; i < 3; i++) {
            assertThat(step(planner).runs()).extracting(Plan.Run::sequence).containsExactly(talking, reading);
        }

        assertThat(talking.generated()).isEqualTo(4);
        assertThat(reading.generated()).isEqualTo(1);
        assertThat(planner.counts().chunks()).isEqualTo(2);
    }

    @Test
    void aSecondTurnReadsOnlyWhatIsNew() {
        Planner planner = new Planner(100, 4, 8, 64);
        Sequence first = sequence(1, 10);
        planner.add(first);
        step(planner);
        planner.end(first);
        Sequence second = sequence(2, 15);
        planner.add(second);

        Plan plan = step(planner);

        assertThat(plan.runs()).containsExactly(new Plan.Run(second, 8, 7, true));
        assertThat(second.cachedTokens()).isEqualTo(8);
    }

    @Test
    void whatWasDeliveredIsNoPartOfThePromptThatWasFound() {
        Planner planner = new Planner(100, 4, 8, 64);
        planner.add(sequence(1, 16));
        step(planner);
        Sequence goingOn = new Sequence(2, IntStream.range(0, 14).toArray(), 6, true, null);
        planner.add(goingOn);
        assertThat(step(planner).runs()).contains(new Plan.Run(goingOn, 12, 2, true));
        assertThat(goingOn.cachedTokens()).isEqualTo(6);
    }

    @Test
    void aPromptThatIsWhollyThereStillReadsItsLastToken() {
        Planner planner = new Planner(100, 4, 8, 64);
        Sequence first = sequence(1, 8);
        planner.add(first);
        step(planner);
        Sequence twin = sequence(2, 8);
        planner.add(twin);

        assertThat(step(planner).runs()).contains(new Plan.Run(twin, 4, 4, true));
    }

    @Test
    void whoMustReadEverythingSharesNothing() {
        Planner planner = new Planner(100, 4, 8, 64);
        planner.add(sequence(1, 8));
        step(planner);
        Sequence whole = new Sequence(2, IntStream.range(0, 8).toArray(), 8, false, null);
        planner.add(whole);
        assertThat(step(planner).runs()).contains(new Plan.Run(whole, 0, 8, true));
        assertThat(whole.cachedTokens()).isZero();
    }

    @Test
    void siblingsWaitForTheirElderAndReadOnlyTheTail() {
        Planner planner = new Planner(100, 4, 8, 8);
        Sequence elder = sequence(1, 18);
        Sequence younger = new Sequence(2, IntStream.range(0, 18).toArray(), 18, true, elder);
        Sequence stranger = sequence(3, 2, 900);
        planner.add(elder);
        planner.add(younger);
        planner.add(stranger);

        assertThat(step(planner).runs()).extracting(Plan.Run::sequence).containsExactly(elder, stranger);
        step(planner);
        step(planner);
        assertThat(planner.plan().runs()).contains(new Plan.Run(younger, 16, 2, true));
    }

    @Test
    void aSiblingDoesNotWaitForAnElderThatIsGone() {
        Planner planner = new Planner(100, 4, 8, 8);
        Sequence elder = sequence(1, 18);
        Sequence younger = new Sequence(2, IntStream.range(0, 18).toArray(), 18, true, elder);
        planner.add(elder);
        planner.add(younger);
        step(planner);
        planner.end(elder);
        assertThat(planner.plan().runs()).containsExactly(new Plan.Run(younger, 8, 8, false));
    }

    @Test
    void whenBlocksRunOutTheYoungestGivesWayAndComesBack() {
        Planner planner = new Planner(6, 4, 8, 64);
        Sequence old = sequence(1, 8, 0);
        Sequence young = sequence(2, 4, 100);
        planner.add(old);
        planner.add(young);
        while (planner.counts().preemptions() == 0) {
            step(planner);
        }
        assertThat(planner.waiting()).isEqualTo(1);
        assertThat(young.computed()).isZero();
        int length = young.length();
        while (old.length() < 24) {
            step(planner);
        }
        planner.end(old);
        step(planner);
        assertThat(young.length()).isEqualTo(length + 1);
        planner.end(young);
        assertThat(planner.freeBlocks()).isEqualTo(6);
    }

    @Test
    void smallOnesThatKeepComingDoNotKeepALargeOneWaiting() {
        Planner planner = new Planner(8, 4, 8, 64);
        planner.add(sequence(1, 2));
        step(planner);
        Sequence large = sequence(2, 30, 100);
        planner.add(large);
        for (int i = 0; i < 20; i++) {
            planner.add(sequence(3 + i, 2, 500 + 10 * i));
            step(planner).runs().stream()
                    .map(Plan.Run::sequence)
                    .filter(one -> one.generated() == 2)
                    .forEach(planner::end);
        }
        assertThat(large.generated()).isPositive();
    }

    @Test
    void nobodyIsAdmittedWhoWouldHaveToGiveWayAtOnce() {
        Planner planner = new Planner(6, 4, 8, 64);
        Sequence first = sequence(1, 7, 0);
        planner.add(first);
        planner.add(sequence(2, 7, 100));
        step(planner);
        Sequence third = sequence(3, 6, 200);
        planner.add(third);
        for (int i = 0; i < 4; i++) {
            step(planner);
        }
        assertThat(planner.counts().preemptions()).isZero();
        planner.end(first);
        step(planner);
        assertThat(third.generated()).isPositive();
    }

    @Test
    void whatIsForgottenFirstIsTheEndOfWhatWasSaid() {
        Planner planner = new Planner(6, 4, 8, 64);
        Sequence first = sequence(1, 20);
        planner.add(first);
        step(planner);
        planner.end(first);
        Sequence other = sequence(2, 4, 100);
        planner.add(other);
        step(planner);
        step(planner);
        planner.end(other);
        Sequence secondTurn = sequence(3, 24);
        planner.add(secondTurn);
        step(planner);
        assertThat(secondTurn.cachedTokens()).isEqualTo(16);
    }

    @Test
    void whatOneHadReadItselfWasNotThereBefore() {
        Planner planner = new Planner(6, 4, 8, 64);
        Sequence old = sequence(1, 8, 0);
        Sequence young = sequence(2, 4, 100);
        planner.add(old);
        planner.add(young);
        while (planner.counts().preemptions() == 0) {
            step(planner);
        }
        planner.end(old);
        step(planner);
        assertThat(planner.counts().sharedTokens()).as("found again").isPositive();
        assertThat(young.cachedTokens()).isZero();
    }

    @Test
    void whatCanNeverFitIsRefused() {
        Planner planner = new Planner(2, 4, 8, 64);
        assertThatThrownBy(() -> planner.add(sequence(1, 9))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRequestOfManySequencesKeepsNobodyWaitingForTheLast() {
        Planner planner = new Planner(100, 4, 4, 16);
        for (int i = 0; i < 40; i++) {
            planner.add(sequence(i, 8, i * 10), i);
        }
        for (int i = 0; i < 3; i++) {
            endAll(step(planner), planner);
        }
        Sequence other = sequence(50, 4, 900);
        planner.add(other);
        for (int i = 0; i < 3; i++) {
            endAll(step(planner), planner);
        }
        assertThat(other.generated()).isPositive();
        assertThat(planner.waiting()).as("those of the first request").isGreaterThan(20);
    }

    @Test
    void twoRequestsOfManySequencesTakeTurns() {
        Planner planner = new Planner(100, 4, 2, 16);
        List<Sequence> first =
                IntStream.range(0, 20).mapToObj(i -> sequence(i, 8, i * 10)).toList();
        List<Sequence> second = IntStream.range(0, 20)
                .mapToObj(i -> sequence(50 + i, 8, 500 + i * 10))
                .toList();
        first.forEach(one -> planner.add(one, first.indexOf(one)));
        second.forEach(one -> planner.add(one, second.indexOf(one)));
        for (int i = 0; i < 10; i++) {
            endAll(step(planner), planner);
        }
        long ofFirst = first.stream().filter(one -> one.generated() > 0).count();
        long ofSecond = second.stream().filter(one -> one.generated() > 0).count();
        assertThat(ofFirst).isPositive().isBetween(ofSecond - 1, ofSecond + 1);
    }

    @Test
    void theLastOfARequestIsReachedThoughOthersKeepComing() {
        Planner planner = new Planner(100, 4, 1, 16);
        List<Sequence> many =
                IntStream.range(0, 4).mapToObj(i -> sequence(i, 8, i * 10)).toList();
        many.forEach(one -> planner.add(one, many.indexOf(one)));
        for (int i = 0; i < 20; i++) {
            planner.add(sequence(50 + i, 4, 900 + 10 * i));
            endAll(step(planner), planner);
        }
        assertThat(many).allSatisfy(one -> assertThat(one.generated()).isPositive());
    }

    private static void endAll(Plan plan, Planner planner) {
        plan.runs().stream().filter(Plan.Run::last).forEach(run -> planner.end(run.sequence()));
    }

    @Test
    void theBatchHasABound() {
        Planner planner = new Planner(100, 4, 3, 64);
        for (int i = 0; i < 5; i++) {
            planner.add(sequence(i, 2, i * 10));
        }
        assertThat(step(planner).runs()).hasSize(3);
        assertThat(planner.waiting()).isEqualTo(2);
    }
}
