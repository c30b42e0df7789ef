package dev.millrace.billing.usage;

import dev.millrace.billing.usage.Coverage.Piece;
import io.micronaut.transaction.TransactionDefinition.Isolation;
import io.micronaut.transaction.annotation.Transactional;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Adds up what was used in a span. */
@Singleton
class UsageQueries {

    private final UsageRepository repository;

    UsageQueries(UsageRepository repository) {
        this.repository = repository;
    }

    /**
     * By model, in the order of their names. All pieces are read from one snapshot, so that a batch that is written
     * meanwhile is in all of them or in none.
     */
    @Transactional(isolation = Isolation.REPEATABLE_READ, readOnly = true)
    List<ModelUsage> byModel(Span span, @Nullable String tenant, @Nullable String model) {
        TreeMap<String, ModelUsage> sums = new TreeMap<>();
        for (Piece piece : Coverage.of(span).pieces()) {
            for (ModelUsage usage : sum(piece, tenant, model)) {
                sums.merge(usage.modelName(), usage, ModelUsage::plus);
            }
        }
        return new ArrayList<>(sums.values());
    }

    private List<ModelUsage> sum(Piece piece, @Nullable String tenant, @Nullable String model) {
        Span span = piece.span();
        return switch (piece.source()) {
            case ROWS -> repository.sumRows(span.from(), span.to(), tenant, model);
            case MINUTES -> repository.sumMinutes(span.from(), span.to(), tenant, model);
            case HOURS -> repository.sumHours(span.from(), span.to(), tenant, model);
            case DAYS -> repository.sumDays(span.from(), span.to(), tenant, model);
        };
    }
}
