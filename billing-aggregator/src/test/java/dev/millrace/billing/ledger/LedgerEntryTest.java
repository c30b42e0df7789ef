package dev.millrace.billing.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.billing.Usages;
import dev.millrace.event.UsageRecorded;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LedgerEntryTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00.123Z");

    private final UsageRecorded usage = new Usages(1).at(NOW);

    private UsageRecorded with(String id, int input, int cached, int output, int reasoning, long endedAtMillis) {
        return new UsageRecorded(
                id,
                usage.getFacts(),
                usage.getOutcome(),
                null,
                "p",
                "p",
                "w",
                1,
                input,
                cached,
                output,
                reasoning,
                0L,
                null,
                endedAtMillis);
    }

    @Test
    void theTimeIsTheOneInsideTheId() {
        LedgerEntry entry = LedgerEntry.of(with(usage.getRequestId(), 1, 0, 1, 0, NOW.toEpochMilli() + 40));

        assertThat(entry.createdAt()).isEqualTo(NOW);
        assertThat(entry.latencyMs()).isEqualTo(40);
    }

    @Test
    void clocksThatDisagreeGiveNoNegativeTimes() {
        assertThat(LedgerEntry.of(with(usage.getRequestId(), 1, 0, 1, 0, 0L)).latencyMs())
                .isZero();
    }

    @Test
    void textThatPostgresHasNoPlaceForIsMadeToFit() {
        String model = "a\0" + "b".repeat(LedgerEntry.MAX_NAME_CHARS - 3) + "\uD83D\uDE00";

        LedgerEntry entry = LedgerEntry.of(new Usages(2).at(NOW, "t", model));

        assertThat(entry.modelName()).isEqualTo("a\uFFFD" + "b".repeat(LedgerEntry.MAX_NAME_CHARS - 3));
    }

    @Test
    void whatCannotBeBilledIsRefused() {
        String id = usage.getRequestId();
        assertThatThrownBy(() -> LedgerEntry.of(with("nobody", 1, 0, 1, 0, 0L)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LedgerEntry.of(with(id, -1, 0, 1, 0, 0L)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LedgerEntry.of(with(id, 1, 2, 1, 0, 0L))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LedgerEntry.of(with(id, 1, 0, 1, 2, 0L))).isInstanceOf(IllegalArgumentException.class);
        UsageRecorded ancient = new Usages(3).at(Instant.parse("1999-12-31T23:59:59Z"));
        assertThatThrownBy(() -> LedgerEntry.of(ancient)).isInstanceOf(IllegalArgumentException.class);
    }
}
