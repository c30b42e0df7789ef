package dev.millrace.bench.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LimitsTest {

    private final Limits busy = new Limits(new Limit(20, "sum"), new Limit(200, "mm"), 1, 1);
    private final Limits quiet = new Limits(new Limit(25, "product"), new Limit(150, "mm"), 1, 1);

    @Test
    void theBetterOfEachCounts() {
        assertThat(busy.or(quiet)).isEqualTo(new Limits(new Limit(25, "product"), new Limit(200, "mm"), 1, 1));
        assertThat(busy.apart(quiet)).isEqualTo("20 % and 25 %");
    }

    @Test
    void nothingIsNoLimit() {
        assertThatThrownBy(() -> new Limit(0, "sum")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Limit(Double.NaN, "sum")).isInstanceOf(IllegalArgumentException.class);
    }
}
