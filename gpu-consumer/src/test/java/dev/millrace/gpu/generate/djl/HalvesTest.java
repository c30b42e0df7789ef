package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Matrices in float16 are the matrices of bfloat16 that they were made of, whatever processor multiplies them. */
class HalvesTest {

    /** Thousandths: what rounding a product and a sum to bfloat16 can make; a wrong number makes hundreds. */
    private static final int ROUNDING = 10;

    private static final int NUMBERS = 256 * 64;

    @AutoClose
    private final Script script = Script.load("halving", LayoutsTest.archive("halving"), "cpu");

    @BeforeEach
    void needsSuchProducts() {
        assumeThat(System.getProperty("os.arch")).as("products of float16").isIn("amd64", "x86_64");
    }

    @ParameterizedTest
    @CsvSource({"512, 96", "384, 1000", "100, 40", "1, 7", "33, 1030"})
    void productsAreThoseOfTheMatrix(int outputs, int inputs) {
        for (int rows : new int[] {1, 2, 3, 7, 17, 200}) {
            assertThat(script.call("distance", outputs, inputs, rows))
                    .as("%d rows", rows)
                    .isLessThan(ROUNDING);
        }
    }

    /** Powers of two that trained weights do not come near, up or down. */
    @ParameterizedTest
    @ValueSource(ints = {-100, -20, -6, 0, 15, 60, 120})
    void noNumberChangesWhateverItsSize(int power) {
        assertThat(script.call("unchanged", power, 0)).isEqualTo(NUMBERS);
    }

    @Test
    void numbersAMillionTimesSmallerThanTheLargestAreExact() {
        assertThat(script.call("unchanged", 0, 22)).isEqualTo(NUMBERS);
    }

    @Test
    void aMatrixOfNothingStaysOne() {
        assertThat(script.call("nothing")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40})
    void aLayerIsTheSameWithSomeOfItsMatricesInHalves(int rows) {
        assertThat(script.call("halving_layer", rows)).isLessThan(ROUNDING);
    }
}
