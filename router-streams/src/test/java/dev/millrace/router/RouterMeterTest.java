package dev.millrace.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.service.Meters;
import io.prometheus.client.CollectorRegistry;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RouterMeterTest {

    @Test
    void metersHaveNamesOfTheirOwnAndCanBeRegistered() {
        Meters<RouterMeter> meters = new Meters<>(RouterMeter.class, new CollectorRegistry());
        meters.count(RouterMeter.SETTLED, 1, "COMPLETED");
        assertThat(Arrays.stream(RouterMeter.values()).map(meter -> meter.spec().name()))
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("router_[a-z_]+"));
    }
}
