package dev.millrace.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class FreshStateTest {

    private long nowMillis = 1_800_000_000_000L;
    private int asked;
    private final FreshState state = new FreshState(new Now(), () -> {
        asked++;
        return new Dependency.State(true, "answer " + asked);
    });

    private final class Now extends Clock {

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(nowMillis);
        }
    }

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
