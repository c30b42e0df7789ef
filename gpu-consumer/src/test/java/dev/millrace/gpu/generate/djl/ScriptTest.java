package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ScriptTest {

    private static final String SOURCE = """
        class Model(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          sum : int

          def __getstate__(self: __torch__.adder.Model) -> int:
            return 0

          def __setstate__(self: __torch__.adder.Model, unused: int) -> NoneType:
            self.training = False
            self.sum = 0
            return None

          def add(self: __torch__.adder.Model, a: int, b: int) -> int:
            self.sum += int(torch.sum(torch.full([a], b)))
            return self.sum
        """;

    @Test
    void itsMethodsTakeNumbersAndKeepState() {
        try (Script script = Script.load("adder", SOURCE, "cpu")) {
            assertThat(script.call("add", 3, 4)).isEqualTo(12);
            assertThat(script.call("add", 1, 1)).isEqualTo(13);
        }
    }

    @Test
    void sourceThatDoesNotCompileIsRefused() {
        assertThatThrownBy(() -> Script.load("adder", SOURCE.replace("torch.full", "torch.no_such"), "cpu"))
                .hasMessageContaining("no_such");
    }
}
