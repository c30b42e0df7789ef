package dev.millrace.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerOutputTest {

    @Test
    void aTestsRateIsRead() throws IOException {
        assertThat(PeerOutput.tokensPerSecond("[{\"n_gen\": 64, \"avg_ts\": 27.7, \"samples_ts\": [27.7]}]"))
                .isEqualTo(27.7);
    }

    @Test
    void theRateOfABatchIsFoundAmongTheOtherLines() throws IOException {
        String lines = """
            main: n_kv_max = 4608

            {"pp": 256, "tg": 32, "pl": 16, "speed_pp": 615.0, "speed_tg": 157.2}
            """;

        assertThat(PeerOutput.generatedPerSecond(lines)).isEqualTo(157.2);
    }

    @Test
    void outputWithoutFiguresIsNoFigure() {
        assertThatThrownBy(() -> PeerOutput.tokensPerSecond("[]")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> PeerOutput.generatedPerSecond("main: failed\n"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aFolderWithoutThePeerSaysSo(@TempDir Path folder) {
        assertThatThrownBy(() -> new Peer(folder, 2).reading(Peer.Form.BF16, 512))
                .hasMessageContaining("there is no llama-bench");
    }
}
