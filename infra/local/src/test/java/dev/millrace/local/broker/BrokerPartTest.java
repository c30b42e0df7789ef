package dev.millrace.local.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.jvm.Classpath;
import dev.millrace.local.jvm.JavaProcess;
import dev.millrace.local.jvm.JavaProgram;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrokerPartTest {

    private final BrokerPart broker = new BrokerPart(
            new JavaProcess(
                    new JavaProgram("Main", new Classpath(List.of()), 1, List.of()),
                    "broker",
                    Path.of(""),
                    Path.of(""),
                    true),
            1,
            2,
            Path.of(""));

    @Test
    void whatABrokerGivesUpAtItsEndIsNoNews() {
        assertThat(broker.isWorthShowing("18:49:37.000 ERROR CoordinatorRuntime [GroupCoordinator id=1] Failed to load"
                        + " metadata from __consumer_offsets-1 with epoch 8 due to Stopped loading records from"
                        + " __consumer_offsets-1 because the partition is not online or is no longer the leader.."))
                .isFalse();
        assertThat(broker.isWorthShowing("18:49:37.000 ERROR LogManager Error while writing to checkpoint file"))
                .isTrue();
    }
}
