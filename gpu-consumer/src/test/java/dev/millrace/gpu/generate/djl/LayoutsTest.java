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
    private final Script script = Script.load("laying", archive("laying"), "cpu");

    @BeforeEach
    void needsPackedProducts() {
        assumeThat(System.getProperty("os.arch")).as("packed products").isIn("amd64", "x86_64");
    }

    @ParameterizedTest
    @CsvSource({"512, 96, 1", "384, 1000, 1", "1024, 40, 1", "128, 64, 1", "512, 96, 8", "384, 1000, 8", "1024, 40, 8"})
    void productsAreTheSameInBothLayouts(int outputs, int inputs, int form) {
        long movable = script.call("make", 3, outputs, inputs, 0, form);
        assertThat(movable).isEqualTo(movable(3, form));
        for (int rows : new int[] {1, 2, 3, 17, 192, 193, 700}) {
            assertThat(script.call("distance", rows)).as("%d rows", rows).isLessThan(ROUNDING);
        }
        assertThat(script.call("to_columns", ALL)).isEqualTo(movable);
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
        assertThat(script.call("to_columns", ALL)).isEqualTo(movable(MATRICES, form));
        assertThat(script.call("unchanged")).isEqualTo(MATRICES);
        assertThat(script.call("from_columns", ALL)).isZero();
        assertThat(script.call("unchanged")).isEqualTo(MATRICES);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 1", "40, 1", "1, 8", "2, 8", "3, 8", "40, 8"})
    void aLayerIsTheSameWithSomeOfItsMatricesMoved(int rows, int form) {
        assertThat(script.call("moving_layer", rows, form)).isLessThan(ROUNDING);
    }

    @Test
    void aPartMovesAtATime() {
        script.call("make", MATRICES, 256, 16, 0, EIGHT_BITS);
        assertThat(script.call("to_columns", A_PART)).isBetween(1L, 4L);
        assertThat(script.call("from_columns", A_PART)).isZero();
        script.call("to_columns", ALL);
        assertThat(script.call("from_columns", A_PART)).isBetween(MATRICES - 4L, MATRICES - 1L);
        assertThat(script.call("to_columns", A_PART)).isBetween(MATRICES - 1L, (long) MATRICES);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 32})
    void whatFitsNoBlockStays(int outputs) {
        assertThat(script.call("make", 2, outputs, 32, 0, EIGHT_BITS)).isZero();
        assertThat(script.call("to_columns", ALL)).isZero();
    }

    @Test
    void whatIsSmallStays() {
        assertThat(script.call("make", 2, 256, 32, 256 * 32 + 1, EIGHT_BITS)).isZero();
        assertThat(script.call("make", 2, 256, 32, 256 * 32, EIGHT_BITS)).isEqualTo(2);
    }

    /** Where the processor does not know bfloat16, it never lies in columns. */
    private long movable(int matrices, int form) {
        return form == EIGHT_BITS || bfloat16(script) ? matrices : 0;
    }

    static boolean bfloat16(Script laying) {
        return laying.call("plain") == 1;
    }

    /** What multiplies in a model, for a script that makes matrices. */
    static ScriptArchive archive(String script) {
        return new ScriptArchive(script)
                .source("weights", "weights.py")
                .source("quantized", "quantized.py")
                .source("packed", "packed_onednn.py")
                .source("products", "products.py")
                .source("columns", "columns.py")
                .source("halves", "halves.py")
                .source("linear", "linear.py")
                .source("layouts", "layouts.py")
                .source("experts", "experts.py")
                .source("laid", "laid.py")
                .source(script, script + ".py");
    }
}
