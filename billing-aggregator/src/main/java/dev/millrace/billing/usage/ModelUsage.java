package dev.millrace.billing.usage;

import io.micronaut.data.annotation.Id;
import io.micronaut.data.annotation.MappedEntity;

/** What was used of a model, as far as one source tells. */
@MappedEntity("usage_by_day")
record ModelUsage(
        @Id String modelName,
        long requests,
        long failedRequests,
        long cancelledRequests,
        long inputTokens,
        long cachedTokens,
        long outputTokens,
        long reasoningTokens,
        long costMicros) {

    static final String TOTAL = "";

    static ModelUsage none(String modelName) {
        return new ModelUsage(modelName, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    ModelUsage plus(ModelUsage other) {
        return new ModelUsage(
                modelName,
                requests + other.requests,
                failedRequests + other.failedRequests,
                cancelledRequests + other.cancelledRequests,
                inputTokens + other.inputTokens,
                cachedTokens + other.cachedTokens,
                outputTokens + other.outputTokens,
                reasoningTokens + other.reasoningTokens,
                costMicros + other.costMicros);
    }
}
