package dev.millrace.gpu.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.WorkAssigned;
import dev.millrace.gpu.work.Admission.Verdict;
import org.junit.jupiter.api.Test;

final class AdmissionTest {

    private final Bureau bureau = new Bureau();
    private final Admission admission = new Admission(Bureau.WORKER);

    @Test
    void anAttemptBeginsOnceWhateverItsNumber() {
        WorkAssigned work = bureau.work(bureau.id(), 2);
        assertThat(admission.decide(work, false, 0)).isEqualTo(Verdict.ADMIT);
        assertThat(admission.decide(numbered(work, 9), false, 0)).isEqualTo(Verdict.KNOWN);
        assertThat(admission.decide(WorkAssigned.newBuilder(work).setAttempt(1).build(), false, 0))
                .isEqualTo(Verdict.KNOWN);
        assertThat(admission.decide(WorkAssigned.newBuilder(work).setAttempt(3).build(), false, 0))
                .isEqualTo(Verdict.ADMIT);
    }

    @Test
    void aNumberThatARouterUsesAgainIsNoReasonToIgnoreAnotherRequest() {
        assertThat(admission.decide(numbered(bureau.work(bureau.id(), 1), 1), false, 0))
                .isEqualTo(Verdict.ADMIT);
        assertThat(admission.decide(numbered(bureau.work(bureau.id(), 1), 1), false, 0))
                .isEqualTo(Verdict.ADMIT);
    }

    @Test
    void aNumberAboveAGapIsToldOnceTheGapIsFilledOrOld() {
        see(1, 0);
        see(3, 100);
        assertThat(admission.highestNumber(200)).isEqualTo(1);
        see(2, 300);
        assertThat(admission.highestNumber(300)).isEqualTo(3);

        see(7, 400);
        assertThat(admission.highestNumber(1399)).isEqualTo(3);
        assertThat(admission.highestNumber(1400)).isEqualTo(7);
        see(5, 1500);
        assertThat(admission.highestNumber(1500)).isEqualTo(7);
    }

    private void see(long number, long nowMillis) {
        admission.decide(numbered(bureau.work(bureau.id(), 1), number), false, nowMillis);
    }

    private static WorkAssigned numbered(WorkAssigned work, long number) {
        return WorkAssigned.newBuilder(work).setNumber(number).build();
    }
}
