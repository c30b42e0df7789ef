package dev.millrace.billing.usage;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/** The answer: figures in all and by model. */
@JsonNaming(SnakeCaseStrategy.class)
record UsageReport(String object, String from, String to, Figures total, List<Model> byModel) {

    @JsonNaming(SnakeCaseStrategy.class)
    record Figures(
            long requests,
            long failedRequests,
            long cancelledRequests,
            long inputTokens,
            long cachedTokens,
            long outputTokens,
            long reasoningTokens,
            long costMicros) {

        static Figures of(ModelUsage usage) {
            return new Figures(
                    usage.requests(),
                    usage.failedRequests(),
                    usage.cancelledRequests(),
                    usage.inputTokens(),
                    usage.cachedTokens(),
                    usage.outputTokens(),
                    usage.reasoningTokens(),
                    usage.costMicros());
        }
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record Model(
            String model,
            @com.fasterxml.jackson.annotation.JsonUnwrapped Figures figures) {}

    static UsageReport of(Span span, List<ModelUsage> models) {
        ModelUsage total = models.stream().reduce(ModelUsage.none(ModelUsage.TOTAL), ModelUsage::plus);
        return new UsageReport(
                "usage",
                span.from().toString(),
                span.to().toString(),
                Figures.of(total),
                models.stream()
                        .map(usage -> new Model(usage.modelName(), Figures.of(usage)))
                        .toList());
    }
}
