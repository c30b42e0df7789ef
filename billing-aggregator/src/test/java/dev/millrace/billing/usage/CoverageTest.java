package dev.millrace.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.billing.usage.Coverage.Piece;
import dev.millrace.billing.usage.Coverage.Source;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CoverageTest {

    private static Span span(String from, String to) {
        return new Span(Instant.parse(from), Instant.parse(to));
    }

    @Test
    void wholeDaysComeFromTheDailyRollupAlone() {
        Span month = span("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");

        assertThat(Coverage.of(month).pieces()).containsExactly(new Piece(Source.DAYS, month));
    }

    @Test
    void edgesComeFromFinerAndFinerSources() {
        Span odd = span("2026-11-01T22:58:59.5Z", "2026-11-03T01:01:00.001Z");

        assertThat(Coverage.of(odd).pieces())
                .containsExactly(
                        new Piece(Source.ROWS, span("2026-11-01T22:58:59.5Z", "2026-11-01T22:59:00Z")),
                        new Piece(Source.MINUTES, span("2026-11-01T22:59:00Z", "2026-11-01T23:00:00Z")),
                        new Piece(Source.HOURS, span("2026-11-01T23:00:00Z", "2026-11-02T00:00:00Z")),
                        new Piece(Source.DAYS, span("2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z")),
                        new Piece(Source.HOURS, span("2026-11-03T00:00:00Z", "2026-11-03T01:00:00Z")),
                        new Piece(Source.MINUTES, span("2026-11-03T01:00:00Z", "2026-11-03T01:01:00Z")),
                        new Piece(Source.ROWS, span("2026-11-03T01:01:00Z", "2026-11-03T01:01:00.001Z")));
    }

    @Test
    void aSpanWithinAMinuteComesFromRowsAlone() {
        Span moment = span("2026-11-01T12:00:01Z", "2026-11-01T12:00:02Z");

        assertThat(Coverage.of(moment).pieces()).containsExactly(new Piece(Source.ROWS, moment));
        assertThat(Coverage.of(span("2026-11-01T12:00:01Z", "2026-11-01T12:00:01Z"))
                        .pieces())
                .isEmpty();
    }

    @Test
    void piecesTouchAndNeverOverlap() {
        for (long seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            Instant from = Instant.ofEpochMilli(random.nextLong(-1_000_000_000_000L, 2_000_000_000_000L));
            Span span = new Span(from, from.plusMillis(random.nextLong(1, 1L << random.nextInt(1, 40))));

            List<Piece> pieces = Coverage.of(span).pieces();

            Instant at = span.from();
            for (Piece piece : pieces) {
                assertThat(piece.span().from()).as("seed %d", seed).isEqualTo(at);
                assertThat(piece.span().isEmpty()).as("seed %d", seed).isFalse();
                at = piece.span().to();
            }
            assertThat(at).as("seed %d", seed).isEqualTo(span.to());
            assertThat(pieces.size()).as("seed %d", seed).isLessThanOrEqualTo(7);
        }
    }
}
