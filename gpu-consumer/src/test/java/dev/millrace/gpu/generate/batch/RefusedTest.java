package dev.millrace.gpu.generate.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.Failure;
import org.junit.jupiter.api.Test;

class RefusedTest {

    @Test
    void clientsCanTellRefusalsByTheirCodes() {
        Failure wrong = Refused.invalid("There may be at most 8.", "n").failure();
        assertThat(wrong.getStatus()).isEqualTo(400);
        assertThat(wrong.getCode()).isEqualTo("invalid_value");
        assertThat(wrong.getParam()).isEqualTo("n");

        Failure tooLong = Refused.tooLong(9, 8, "messages").failure();
        assertThat(tooLong.getStatus()).isEqualTo(400);
        assertThat(tooLong.getCode()).isEqualTo("context_length_exceeded");
    }
}
