package dev.millrace.gpu.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is expected here is what Hugging Face's library gives. */
class Utf8DecoderTest {

    @ParameterizedTest
    @CsvSource({
        "61c3a9e4bda0f09f9880, aé你😀",
        "f09f98, \ufffd",
        "c3, \ufffd",
        "f09f9861, \ufffda",
        "eda080, \ufffd\ufffd\ufffd",
        "eda0, \ufffd\ufffd",
        "f4908080, \ufffd\ufffd\ufffd\ufffd",
        "f490, \ufffd\ufffd",
        "f08080, \ufffd\ufffd\ufffd",
        "e08061, \ufffd\ufffda",
        "f180e180c262, \ufffd\ufffd\ufffdb",
        "c0afc1fff5, \ufffd\ufffd\ufffd\ufffd\ufffd",
        "80e4bda0bf, \ufffd你\ufffd",
        "e4bde4bda0, \ufffd你",
        "efbfbfee8080f48fbfbf, \uffff\ue000\udbff\udfff"
    })
    void brokenBytesAreReplacedOneForEachPartThatCouldHaveGoneOn(String hex, String text) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThat(new Utf8Decoder().push(bytes).finish()).isEqualTo(text);
        Utf8Decoder decoder = new Utf8Decoder();
        StringBuilder single = new StringBuilder();
        for (byte each : bytes) {
            single.append(decoder.push(new byte[] {each}).take());
        }
        assertThat(single.append(decoder.finish())).hasToString(text);
    }
}
