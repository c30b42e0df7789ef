package dev.millrace.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MomentsTest {

    private final Clock clock = Clock.fixed(Instant.parse("2026-11-21T09:30:00Z"), ZoneOffset.UTC);

    private void assertSpan(@Nullable String from, @Nullable String to, String begin, String end) {
        assertThat(Moments.span(from, to, clock)).isEqualTo(new Span(Instant.parse(begin), Instant.parse(end)));
    }

    @Test
    void datesAreWholeDays() {
        assertSpan("2026-11-01", "2026-11-30", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
        assertSpan("2026-11-21", "2026-11-21", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z");
    }

    @Test
    void instantsAndSecondsAreMoments() {
        assertSpan(
                "2026-11-01T01:00:00+01:00",
                "2026-11-01T12:00:00.5Z",
                "2026-11-01T00:00:00Z",
                "2026-11-01T12:00:00.5Z");
        assertSpan("2026-11-01T08:00:00 08:00", "2026-11-01T12:00:00Z", "2026-11-01T00:00:00Z", "2026-11-01T12:00:00Z");
        assertSpan("1793491200", "1793491201", "2026-11-01T00:00:00Z", "2026-11-01T00:00:01Z");
        assertSpan("1793491200", "1793491200", "2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z");
    }

    @Test
    void withoutEndsItIsTheMonthUpToTheEndOfToday() {
        assertSpan(null, null, "2026-11-01T00:00:00Z", "2026-11-22T00:00:00Z");
        assertSpan("", "", "2026-11-01T00:00:00Z", "2026-11-22T00:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yesterday",
                "2026-13-01",
                "2026-02-30",
                "2026-11-01T25:00:00Z",
                "2026-11-01T00:00:00",
                "1e9",
                "NaN",
                "-1",
                "999999999999999999",
                "9999999999999999999999",
                "1999-12-31",
                "2200-01-01",
                "+1793491200",
                " 2026-11-01",
            })
    void whatIsNoMomentIsRefusedByName(String text) {
        assertThatThrownBy(() -> Moments.span(text, null, clock))
                .isInstanceOfSatisfying(InvalidParameterException.class, e -> assertThat(e.parameter())
                        .isEqualTo("from"));
        assertThatThrownBy(() -> Moments.span(null, text, clock))
                .isInstanceOfSatisfying(InvalidParameterException.class, e -> assertThat(e.parameter())
                        .isEqualTo("to"));
    }

    @Test
    void anEndBeforeItsBeginningIsRefused() {
        assertRefused("2026-11-02", "2026-11-01T00:00:00Z", "to");
        assertRefused("2026-11-02", "2026-11-01", "to");
        assertRefused("2026-11-03", "2026-11-01", "to");
        assertRefused("2026-11-02T00:00:00Z", "2026-11-01", "to");
        assertSpan("2026-11-01T23:00:00Z", "2026-11-01", "2026-11-01T23:00:00Z", "2026-11-02T00:00:00Z");
    }

    @Test
    void aBeginningAfterTodayWantsAnEnd() {
        assertRefused("2026-11-22", null, "from");
        assertRefused("2026-11-23", "", "from");
        assertSpan("2026-11-22", "2026-11-22", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z");
    }

    private void assertRefused(@Nullable String from, @Nullable String to, String parameter) {
        assertThatThrownBy(() -> Moments.span(from, to, clock))
                .isInstanceOfSatisfying(InvalidParameterException.class, e -> assertThat(e.parameter())
                        .isEqualTo(parameter));
    }
}
