package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BacklogTest {

    private final Backlog backlog = new Backlog();

    @Test
    void aJobCountsOnceFromItsComingToItsEnd() {
        backlog.arrives(10);
        assertThat(backlog.tokens()).isEqualTo(10);
        backlog.arrived(10);
        assertThat(backlog.tokens()).as("taken in, and not told yet").isEqualTo(10);
        backlog.tell(10);
        assertThat(backlog.tokens()).isEqualTo(10);
        backlog.tell(7);
        assertThat(backlog.tokens()).isEqualTo(7);
        backlog.tell(0);
        assertThat(backlog.tokens()).isZero();
    }

    @Test
    void whoStillWaitsCountsBesideThoseWhoWereTakenIn() {
        backlog.arrives(10);
        backlog.arrives(5);
        backlog.arrived(10);
        backlog.tell(9);
        assertThat(backlog.tokens()).isEqualTo(14);
    }
}
