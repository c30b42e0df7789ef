package dev.millrace.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class LagTest {

    private record Measured(MetricName metricName, Object metricValue) implements Metric {}

    private static Metric lag(String name, String topic, String partition, Object value) {
        return new Measured(
                new MetricName(
                        name, "consumer-fetch-manager-metrics", "", Map.of("topic", topic, "partition", partition)),
                value);
    }

    @Test
    void isTheSumOverThePartitionsOfRequestsAndReports() {
        assertThat(Lag.records(List.of(
                        lag("records-lag", "millrace.requests", "0", 3.0),
                        lag("records-lag", "millrace.requests", "1", 4.0),
                        lag("records-lag", "millrace.workers", "0", 5.0))))
                .isEqualTo(12);
    }

    @Test
    void hasNothingElseInIt() {
        assertThat(Lag.records(List.of(
                        lag("records-lag", "millrace_requests", "0", 3.0),
                        lag("records-lag", "millrace-router-entries-changelog", "0", 3.0),
                        lag("records-lag-max", "millrace.requests", "0", 3.0),
                        lag("records-lag", "millrace.requests", "0", Double.NaN),
                        lag("records-lag", "millrace.workers", "0", "none"))))
                .isZero();
    }
}
