package dev.millrace.bench.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LimitsTest {

    private static final Way SUM = way("sum");
    private static final Way PRODUCT = way("product");
    private static final Way MM = way("mm");

    private final Limits busy = new Limits(new Limit(20, SUM), new Limit(200, MM), 1, 1);
    private final Limits quiet = new Limits(new Limit(25, PRODUCT), new Limit(150, MM), 1, 1);

    @Test
    void theBetterOfEachCounts() {
        assertThat(busy.or(quiet)).isEqualTo(new Limits(new Limit(25, PRODUCT), new Limit(200, MM), 1, 1));
        assertThat(busy.apart(quiet)).isEqualTo("20 % and 25 %");
    }

    @Test
    void nothingIsNoLimit() {
        assertThatThrownBy(() -> new Limit(0, SUM)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Limit(Double.NaN, SUM)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Way way(String by) {
        return new Way(by, 1, false, script -> {}, script -> {});
    }
}
