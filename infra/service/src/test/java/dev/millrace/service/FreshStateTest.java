package dev.millrace.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class FreshStateTest {

    private long nowMillis = 1_800_000_000_000L;
    private int asked;
    private final FreshState state = new FreshState(() -> Instant.ofEpochMilli(nowMillis), () -> {
        asked++;
        return new Dependency.State(true, "answer " + asked);
    });

    @Test
    void whatIsASecondOldIsAskedAgainAndNothingElse() {
        state.get();
        nowMillis += 1000;
        state.get();
        assertThat(asked).isEqualTo(1);
        nowMillis += 1;
        state.get();
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void aClockThatIsSetBackKeepsNoOldAnswer() {
        state.get();
        nowMillis -= 3_600_000;
        state.get();
        state.get();
        assertThat(asked).isEqualTo(2);
    }
}
