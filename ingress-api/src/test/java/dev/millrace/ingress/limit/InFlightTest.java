package dev.millrace.ingress.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ingress.error.RefusedException;
import org.junit.jupiter.api.Test;

class InFlightTest {

    private final InFlight inFlight = new InFlight(new LimitConfig(2, 100, 1, 10, 1, 1, 1, 1, 1, 1));

    private void assertFull(long bytes) {
        assertThatThrownBy(() -> inFlight.enter(bytes)).isInstanceOfSatisfying(RefusedException.class, refused -> {
            assertThat(refused.failure().getStatus()).isEqualTo(503);
            assertThat(refused.failure().getRetryAfterMillis()).isPositive();
        });
    }

    @Test
    void requestsAreBounded() {
        InFlight.Slot first = inFlight.enter(1);
        inFlight.enter(1);
        assertFull(1);
        first.release();
        first.release();
        inFlight.enter(1);
        assertFull(1);
    }

    @Test
    void bytesAreBoundedToo() {
        InFlight.Slot first = inFlight.enter(60);
        assertFull(60);
        assertThat(inFlight.requests()).isEqualTo(1);
        first.release();
        inFlight.enter(60).release();
        assertThat(inFlight.bodyBytes()).isZero();
        assertThat(inFlight.requests()).isZero();
    }

    @Test
    void aBodyCountsForNoMoreThanItHasOnceItIsThere() {
        InFlight.Slot unknown = inFlight.enter(90);
        assertFull(20);
        unknown.bodyHas(30);
        assertThat(inFlight.bodyBytes()).isEqualTo(30);
        unknown.bodyHas(80);
        assertThat(inFlight.bodyBytes()).isEqualTo(30);
        unknown.release();
        unknown.bodyHas(10);
        assertThat(inFlight.bodyBytes()).isZero();
    }

    @Test
    void aClosingDoorIsClosed() {
        inFlight.drain();
        assertFull(1);
    }

    @Test
    void answersThatAreGatheredHaveRoomTogether() {
        InFlight.Slot one = inFlight.enter(1);
        InFlight.Slot other = inFlight.enter(1);
        assertThat(one.gather(6)).isTrue();
        assertThat(other.gather(4)).isTrue();
        assertThat(other.gather(1)).isFalse();
        other.release();
        other.release();
        assertThat(inFlight.answerBytes()).isEqualTo(6);
        assertThat(one.gather(4)).isTrue();
        one.release();
        assertThat(one.gather(100)).isTrue();
        assertThat(inFlight.answerBytes()).isZero();
    }
}
