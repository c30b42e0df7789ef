package dev.millrace.bench.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.gpu.generate.djl.PassingThread;
import dev.millrace.gpu.generate.djl.Script;
import org.junit.jupiter.api.Test;

/** A product that nobody asks for could be left out, and a limit would come out several times too high. */
class ScriptsTest {

    private static final int SIZE = 64;
    private static final int TIMES = 40;
    private static final int FLOAT32 = 6;

    private final Scripts scripts = new Scripts("cpu");

    @Test
    void eachPlainProductIsPartOfTheResult() {
        try (Script script = scripts.plain()) {
            script.call("matrices", SIZE, SIZE, SIZE, FLOAT32);

            assertThat(onThreads(script, TIMES)).isGreaterThan((TIMES - 2) * onThreads(script, 1));
        }
    }

    @Test
    void eachPackedProductIsPartOfTheResult() {
        assumeThat(scripts.products()).isNotEqualTo(Products.PLAIN);
        try (Script script = scripts.packed()) {
            if (scripts.products() == Products.HALVES) {
                assertThatThrownBy(() -> script.call("pack", 1, SIZE, SIZE)).hasMessageContaining("bf16");
                return;
            }
            script.call("pack", TIMES, SIZE, SIZE);
            script.call("rows", 1, SIZE);

            // The mean of a product's elements is a quarter of its length.
            assertThat(onThreads(script)).isBetween(TIMES * SIZE / 8L, TIMES * SIZE / 2L);
        }
    }

    @Test
    void eachSumOfABagIsPartOfTheResult() {
        assumeThat(scripts.products()).isNotEqualTo(Products.PLAIN);
        try (Script script = scripts.packed()) {
            script.call("lay", TIMES, 256, SIZE, 128);

            long result = PassingThread.run(() -> script.call("weigh"));

            assertThat(result).isBetween(TIMES * SIZE / 8L, TIMES * SIZE / 2L);
        }
    }

    @Test
    void eachProductOfFloat16IsPartOfTheResult() {
        assumeThat(scripts.products()).isNotEqualTo(Products.PLAIN);
        try (Script script = scripts.packed()) {
            script.call("halve", TIMES, 256, SIZE);
            script.call("rows", 3, SIZE);

            long result = PassingThread.run(() -> script.call("multiply_halves"));

            assertThat(result).isBetween(TIMES * SIZE / 8L, TIMES * SIZE / 2L);
        }
    }

    /** Often enough for PyTorch to have specialised what is to be. */
    private static long onThreads(Script script, long... numbers) {
        long result = 0;
        for (int i = 0; i < 4; i++) {
            result = PassingThread.run(() -> script.call("multiply", numbers));
        }
        return result;
    }
}
