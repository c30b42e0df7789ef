package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Matrices are laid anew for who uses them, and stay the same matrices. */
class LayoutsTest {

    private static final int MATRICES = 48;
    private static final int A_PART = 0;
    private static final int ALL = 1;
    private static final int PLAIN = 1;
    private static final int EIGHT_BITS = 8;

    /** Thousandths: what rounding weights, a product and a sum to bfloat16 can make; a wrong number makes hundreds. */
    private static final int ROUNDING = 20;

    @AutoClose
    private final Script script = Script.load("laying", archive(), "cpu");

    @BeforeEach
    void needsPackedProducts() {
        assumeThat(System.getProperty("os.arch")).as("packed products").isIn("amd64", "x86_64");
    }

    @ParameterizedTest
    @CsvSource({"512, 96, 1", "384, 1000, 1", "1024, 40, 1", "128, 64, 1", "512, 96, 8", "384, 1000, 8", "1024, 40, 8"})
    void productsAreTheSameInBothLayouts(int outputs, int inputs, int form) {
        script.call("make", 3, outputs, inputs, 0, form);
        for (int rows : new int[] {1, 2, 3, 17, 192, 193, 700}) {
            assertThat(script.call("distance", rows)).as("%d rows", rows).isLessThan(ROUNDING);
        }
        assertThat(script.call("to_columns", ALL)).isEqualTo(3);
        for (int rows : new int[] {1, 2, 3, 17, 192, 193, 700}) {
            assertThat(script.call("distance", rows))
                    .as("%d rows in columns", rows)
                    .isLessThan(ROUNDING);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {PLAIN, EIGHT_BITS})
    void noBitIsLostOnTheWay(int form) {
        script.call("make", MATRICES, 1024, 20, 0, form);
        assertThat(script.call("unchanged")).isEqualTo(MATRICES);
        script.call("to_columns", A_PART);
        assertThat(script.call("unchanged")).isEqualTo(MATRICES);
        assertThat(script.call("to_columns", ALL)).isEqualTo(MATRICES);
        assertThat(script.call("unchanged")).isEqualTo(MATRICES);
        assertThat(script.call("from_columns", ALL)).isZero();
        assertThat(script.call("unchanged")).isEqualTo(MATRICES);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 40})
    void aLayerIsTheSameWithSomeOfItsMatricesMoved(int rows) {
        assertThat(script.call("moving_layer", rows)).isLessThan(ROUNDING);
    }

    @Test
    void aPartMovesAtATime() {
        script.call("make", MATRICES, 256, 16, 0, PLAIN);
        assertThat(script.call("to_columns", A_PART)).isBetween(1L, 4L);
        assertThat(script.call("from_columns", A_PART)).isZero();
        script.call("to_columns", ALL);
        assertThat(script.call("from_columns", A_PART)).isBetween(MATRICES - 4L, MATRICES - 1L);
        assertThat(script.call("to_columns", A_PART)).isEqualTo(MATRICES);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 32})
    void whatFitsNoBlockStays(int outputs) {
        assertThat(script.call("make", 2, outputs, 32, 0, PLAIN)).isZero();
        assertThat(script.call("to_columns", ALL)).isZero();
    }

    @Test
    void whatIsSmallStays() {
        assertThat(script.call("make", 2, 256, 32, 256 * 32 + 1, PLAIN)).isZero();
        assertThat(script.call("make", 2, 256, 32, 256 * 32, PLAIN)).isEqualTo(2);
    }

    private static ScriptArchive archive() {
        return new ScriptArchive("laying")
                .source("weights", "weights.py")
                .source("quantized", "quantized.py")
                .source("packed", "packed_onednn.py")
                .source("products", "products.py")
                .source("columns", "columns.py")
                .source("linear", "linear.py")
                .source("layouts", "layouts.py")
                .source("experts", "experts.py")
                .source("laying", "laying.py");
    }
}
