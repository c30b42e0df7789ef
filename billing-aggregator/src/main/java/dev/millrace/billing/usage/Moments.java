package dev.millrace.billing.usage;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a span from a request. Both ends may be a date of UTC, an ISO-8601 instant or seconds since the epoch. A date
 * means the whole day, so as an end it is part of the span; an instant as an end is not. Without a beginning it is that
 * of the month, without an end it is that of today.
 */
final class Moments {

    private static final Pattern SECONDS = Pattern.compile("-?\\d{1,18}");
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    private Moments() {}

    static Span span(@Nullable String from, @Nullable String to, Clock clock) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        Instant begin = isAbsent(from) ? start(today.withDayOfMonth(1)) : read("from", from, false);
        Instant end = isAbsent(to) ? start(today.plusDays(1)) : read("to", to, true);
        if (end.isBefore(begin) || (end.equals(begin) && isDay(to))) {
            throw isAbsent(to)
                    ? new InvalidParameterException("from", "'from' must not be after today where there is no 'to'.")
                    : new InvalidParameterException("to", "'to' must not be before 'from'.");
        }
        return new Span(begin, end);
    }

    /** A day as an end is never over where its span begins, unless that is a later day. */
    private static boolean isDay(@Nullable String to) {
        return isAbsent(to) || DATE.matcher(String.valueOf(to)).matches();
    }

    private static boolean isAbsent(@Nullable String text) {
        return text == null || text.isEmpty();
    }

    private static Instant read(String parameter, @Nullable String text, boolean isEnd) {
        try {
            Instant instant = parse(String.valueOf(text), isEnd);
            if (!instant.isBefore(EARLIEST) && instant.isBefore(LATEST)) {
                return instant;
            }
        } catch (DateTimeException e) {
            throw invalid(parameter);
        }
        throw invalid(parameter);
    }

    private static Instant parse(String text, boolean isEnd) {
        if (SECONDS.matcher(text).matches()) {
            return Instant.ofEpochSecond(Long.parseLong(text));
        }
        if (DATE.matcher(text).matches()) {
            LocalDate date = LocalDate.parse(text);
            return start(isEnd ? date.plusDays(1) : date);
        }
        // A plus that a client does not encode arrives as a blank.
        return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
    }

    private static Instant start(LocalDate date) {
        return date.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static InvalidParameterException invalid(String parameter) {
        return new InvalidParameterException(
                parameter,
                "'" + parameter + "' must be a date like 2026-01-31, an instant like 2026-01-31T12:00:00Z or seconds"
                        + " since the epoch, between the years 2000 and 2200.");
    }
}
