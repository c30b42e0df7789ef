package dev.millrace.billing.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CostTest {

    private static final Prices PRICES = new Prices(500_000, 50_000, 1_500_000);

    @Test
    void aMillionTokensCostThePrice() {
        assertThat(Cost.micros(PRICES, 1_000_000, 0, 0)).isEqualTo(500_000);
        assertThat(Cost.micros(PRICES, 0, 0, 1_000_000)).isEqualTo(1_500_000);
    }

    @Test
    void cachedTokensArePartOfTheInputAndCostTheCachedPrice() {
        assertThat(Cost.micros(PRICES, 1_000_000, 400_000, 0)).isEqualTo(300_000 + 20_000);
    }

    @Test
    void theSumIsRoundedOnceAndHalfGoesUp() {
        assertThat(Cost.micros(new Prices(499_999, 0, 0), 1, 0, 0)).isZero();
        assertThat(Cost.micros(new Prices(500_000, 0, 0), 1, 0, 0)).isEqualTo(1);
        assertThat(Cost.micros(new Prices(1_499_999, 0, 0), 1, 0, 0)).isEqualTo(1);
        assertThat(Cost.micros(new Prices(300_000, 300_000, 300_000), 2, 1, 1))
                .as("three parts that would each round to nothing")
                .isEqualTo(1);
    }

    @Test
    void nothingCostsNothing() {
        assertThat(Cost.micros(PRICES, 0, 0, 0)).isZero();
        assertThat(Cost.micros(new Prices(0, 0, 0), Integer.MAX_VALUE, 7, Integer.MAX_VALUE))
                .isZero();
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> Cost.micros(PRICES, -1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Cost.micros(PRICES, 1, 2, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Cost.micros(PRICES, 1, -1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Cost.micros(PRICES, 1, 0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Prices(-1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Prices(0, -1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Prices(0, 0, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCostThatHasNoPlaceInANumberIsAnErrorAndNeverWraps() {
        assertThatThrownBy(() -> Cost.micros(new Prices(Long.MAX_VALUE, 0, 0), 2, 0, 0))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Cost.micros(new Prices(Long.MAX_VALUE, 0, Long.MAX_VALUE), 1, 0, 1))
                .isInstanceOf(ArithmeticException.class);
    }
}
