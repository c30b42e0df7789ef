package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class FreePortsTest {

    @Test
    void aTakenPortIsNotFree() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThat(FreePorts.hindrance(taken.getLocalPort()))
                    .hasValueSatisfying(why -> assertThat(why).contains("is in use"));
        }
    }

    @Test
    void aFreePortHasNoHindrance() {
        assertThat(FreePorts.hindrance(0)).isEmpty();
    }
}
