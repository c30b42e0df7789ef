package dev.millrace.billing.ledger;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.millrace.billing.price.Cost;
import dev.millrace.billing.price.Prices;
import dev.millrace.event.Failure;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.UsageRecorded;
import dev.millrace.reply.RequestId;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A row of the ledger; its names are those of the columns. */
@JsonNaming(SnakeCaseStrategy.class)
record LedgerEntry(
        String requestId,
        Instant createdAt,
        String tenant,
        String userId,
        String keyId,
        @Nullable String sessionId,
        @Nullable String endUser,
        String modelName,
        String providerId,
        int inputTokens,
        int cachedTokens,
        int outputTokens,
        int reasoningTokens,
        long latencyMs,
        @Nullable Long firstTokenMs,
        String status,
        @Nullable String errorMessage,
        long inputMicrosPerMillion,
        long cachedMicrosPerMillion,
        long outputMicrosPerMillion,
        long costMicros,
        Map<String, String> metadata) {

    /** What rollups are keyed by must fit into an index; doors refuse longer names, so this is a last resort. */
    static final int MAX_USER_CHARS = 256;

    static final int MAX_NAME_CHARS = 128;
    static final int MAX_TEXT_CHARS = 4096;

    private static final Instant EARLIEST = Instant.parse("2020-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2120-01-01T00:00:00Z");

    LedgerEntry {
        if (createdAt.isBefore(EARLIEST) || !createdAt.isBefore(LATEST)) {
            throw new IllegalArgumentException("impossible time: " + createdAt);
        }
        if (reasoningTokens < 0 || reasoningTokens > outputTokens) {
            throw new IllegalArgumentException(
                    "impossible tokens: output " + outputTokens + ", reasoning " + reasoningTokens);
        }
        metadata = Map.copyOf(metadata);
    }

    /**
     * The row of a request, a function of its record alone.
     *
     * @throws IllegalArgumentException where the record cannot be billed as it is
     * @throws ArithmeticException where its cost has no place in a number
     */
    static LedgerEntry of(UsageRecorded usage) {
        String id = usage.getRequestId();
        long createdAtMillis = RequestId.parse(id)
                .orElseThrow(() -> new IllegalArgumentException("not a request's id"))
                .timeMillis();
        RequestFacts facts = usage.getFacts();
        Prices prices = new Prices(
                facts.getPrice().getInputMicrosPerMillion(),
                facts.getPrice().getCachedMicrosPerMillion(),
                facts.getPrice().getOutputMicrosPerMillion());
        Long firstTokenAtMillis = usage.getFirstTokenAtMillis();
        Failure failure = usage.getFailure();
        return new LedgerEntry(
                id,
                Instant.ofEpochMilli(createdAtMillis),
                text(facts.getTenant(), MAX_NAME_CHARS),
                text(facts.getUser(), MAX_USER_CHARS),
                text(facts.getKeyId(), MAX_NAME_CHARS),
                optional(facts.getSessionId()),
                optional(facts.getEndUser()),
                text(facts.getModel(), MAX_NAME_CHARS),
                text(usage.getProvider(), MAX_TEXT_CHARS),
                usage.getInputTokens(),
                usage.getCachedTokens(),
                usage.getOutputTokens(),
                usage.getReasoningTokens(),
                Math.max(0, usage.getEndedAtMillis() - createdAtMillis),
                firstTokenAtMillis == null ? null : Math.max(0, firstTokenAtMillis - createdAtMillis),
                usage.getOutcome().name().toLowerCase(Locale.ROOT),
                failure == null ? null : text(failure.getMessage(), MAX_TEXT_CHARS),
                prices.inputMicrosPerMillion(),
                prices.cachedMicrosPerMillion(),
                prices.outputMicrosPerMillion(),
                Cost.micros(prices, usage.getInputTokens(), usage.getCachedTokens(), usage.getOutputTokens()),
                facts.getMetadata().entrySet().stream()
                        .collect(Collectors.toMap(
                                pair -> text(pair.getKey(), MAX_TEXT_CHARS),
                                pair -> text(pair.getValue(), MAX_TEXT_CHARS),
                                (one, other) -> one)));
    }

    private static @Nullable String optional(@Nullable String text) {
        return text == null ? null : text(text, MAX_TEXT_CHARS);
    }

    /** PostgreSQL has no place for the character zero, nor for half a character where a text was cut. */
    private static String text(String text, int maxChars) {
        int end = Math.min(text.length(), maxChars);
        if (end > 0 && end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end).replace('\0', '\uFFFD');
    }
}
