package dev.millrace.gpu.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.CancelWork;
import dev.millrace.event.Outcome;
import org.junit.jupiter.api.Test;

class EarlyCancelsTest {

    private final EarlyCancels cancels = new EarlyCancels();

    private static CancelWork order(String requestId, int attempt) {
        return new CancelWork("w", requestId, attempt, Outcome.CANCELLED, "because");
    }

    @Test
    void whatIsKeptIsTakenOnceByItsOwnAttempt() {
        cancels.keep(order("r", 2));
        assertThat(cancels.take("other", 2)).isNull();
        assertThat(cancels.take("r", 2)).isEqualTo(order("r", 2));
        assertThat(cancels.take("r", 2)).isNull();
    }

    @Test
    void aCancelOutlivesAnOlderAttemptAndNotANewerOne() {
        cancels.keep(order("r", 2));
        assertThat(cancels.take("r", 1)).isNull();
        assertThat(cancels.take("r", 3)).isNull();
        assertThat(cancels.take("r", 2)).isNull();
    }

    @Test
    void pastTheBoundTheOldestIsForgotten() {
        for (int i = 0; i <= EarlyCancels.MAX_KEPT; i++) {
            cancels.keep(order("r" + i, 1));
        }
        assertThat(cancels.take("r0", 1)).isNull();
        assertThat(cancels.take("r1", 1)).isNotNull();
        assertThat(cancels.take("r" + EarlyCancels.MAX_KEPT, 1)).isNotNull();
    }
}
