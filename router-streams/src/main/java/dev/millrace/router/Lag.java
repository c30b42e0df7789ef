package dev.millrace.router;

import dev.millrace.topic.Topics;
import java.util.Collection;
import java.util.Set;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/** How far the scheduler is behind, from what its consumers measure: the records of its topics yet to be read. */
final class Lag {

    private static final String NAME = "records-lag";
    private static final String GROUP = "consumer-fetch-manager-metrics";
    private static final Set<String> SOURCES = Set.of(Topics.REQUESTS.name(), Topics.WORKERS.name());

    private Lag() {}

    static double records(Collection<? extends Metric> metrics) {
        return metrics.stream()
                .filter(metric -> isOfASource(metric.metricName()))
                .mapToDouble(metric -> metric.metricValue() instanceof Double lag && lag > 0 ? lag : 0)
                .sum();
    }

    /** Not of a changelog that is read to restore a store, and not the same again under a topic's former spelling. */
    private static boolean isOfASource(MetricName name) {
        return name.name().equals(NAME)
                && name.group().equals(GROUP)
                && SOURCES.contains(name.tags().getOrDefault("topic", ""));
    }
}
