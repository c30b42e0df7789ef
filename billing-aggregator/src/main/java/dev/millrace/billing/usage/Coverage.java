package dev.millrace.billing.usage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Where to look up a span: whole days in the daily rollup, then whole hours, then whole minutes, and single rows for
 * what is left at the edges. The pieces touch and never overlap, so their sum is exact and costs little.
 */
record Coverage(List<Piece> pieces) {

    /** What is looked up, the finest first. */
    enum Source {
        ROWS(Duration.ZERO),
        MINUTES(Duration.ofMinutes(1)),
        HOURS(Duration.ofHours(1)),
        DAYS(Duration.ofDays(1));

        private final Duration unit;

        Source(Duration unit) {
            this.unit = unit;
        }
    }

    record Piece(Source source, Span span) {}

    Coverage {
        pieces = List.copyOf(pieces);
    }

    static Coverage of(Span span) {
        List<Piece> pieces = new ArrayList<>();
        cover(span, Source.DAYS, pieces);
        return new Coverage(pieces);
    }

    private static void cover(Span span, Source source, List<Piece> pieces) {
        if (span.isEmpty()) {
            return;
        }
        if (source == Source.ROWS) {
            pieces.add(new Piece(source, span));
            return;
        }
        Source finer = Source.values()[source.ordinal() - 1];
        Instant first = ceiling(span.from(), source.unit);
        Instant last = floor(span.to(), source.unit);
        if (!first.isBefore(last)) {
            cover(span, finer, pieces);
            return;
        }
        cover(new Span(span.from(), first), finer, pieces);
        pieces.add(new Piece(source, new Span(first, last)));
        cover(new Span(last, span.to()), finer, pieces);
    }

    /** Days of UTC all have as many seconds, so units are counted from the epoch. */
    private static Instant floor(Instant instant, Duration unit) {
        return Instant.ofEpochSecond(Math.floorDiv(instant.getEpochSecond(), unit.toSeconds()) * unit.toSeconds());
    }

    private static Instant ceiling(Instant instant, Duration unit) {
        Instant floor = floor(instant, unit);
        return floor.equals(instant) ? instant : floor.plus(unit);
    }
}
