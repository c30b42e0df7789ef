package dev.millrace.local.broker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerMainTest {

    @BeforeEach
    void stay() {
        Exit.setExitProcedure((code, message) -> {
            throw new IllegalStateException("ended with code " + code);
        });
    }

    @AfterEach
    void leave() {
        Exit.resetExitProcedure();
    }

    @Test
    void anothersDataIsRefusedWithoutAStackTrace(@TempDir Path directory) throws Exception {
        Files.writeString(
                directory.resolve("meta.properties"), "version=1\nnode.id=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\n");

        assertThatThrownBy(() -> BrokerMain.main(new String[] {"1", "2", directory.toString()}))
                .hasMessage("ended with code 1");
    }
}
