package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import org.junit.jupiter.api.Test;

class TorchTest {

    @Test
    void tellsMklWhatToMultiplyWithUnlessSomebodyHas() {
        assumeTrue(Platform.isLinux(), "needs the C library of Linux");
        Torch.start();

        String before = System.getenv(Torch.INSTRUCTIONS);
        assertThat(Function.getFunction("c", "getenv").invokeString(new Object[] {Torch.INSTRUCTIONS}, false))
                .isEqualTo(before == null ? "AVX512_E3" : before);
    }

    @Test
    void fewKernelsAreKeptUnlessTheEnvironmentSaysHowMany() {
        String before = System.getenv(Torch.KERNELS);
        Torch.start();
        assertThat(Function.getFunction("c", "getenv").invokeString(new Object[] {Torch.KERNELS}, false))
                .isEqualTo(before == null ? "256" : before);
    }
}
