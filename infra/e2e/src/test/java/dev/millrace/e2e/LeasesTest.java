package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.gpu.work.WorkerConfig;
import dev.millrace.router.schedule.SchedulerConfig;
import org.junit.jupiter.api.Test;

/** What two services have to agree on, where neither knows the other. */
class LeasesTest {

    @Test
    void workersKnowHowLongTheRouterWaitsForThem() {
        assertThat(WorkerConfig.ROUTER_LEASE_MILLIS).isEqualTo(SchedulerConfig.DEFAULT.leaseMillis());
    }
}
