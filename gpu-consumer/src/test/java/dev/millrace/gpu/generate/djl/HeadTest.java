package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeadTest {

    /** More than a head has in one part where it may be laid anew. */
    private static final int TOKENS = 40_000;

    /** As on a GPU beside a processor with tiles: a large vocabulary, of which nothing is packed after all. */
    @Test
    void anEmbeddingSharedWithAHeadThatIsNotPackedIsThereForEveryToken() {
        ScriptArchive archive = new ScriptArchive("heading")
                .source("weights", "weights.py")
                .source("quantized", "quantized.py")
                .source("packed", "packed_plain.py")
                .source("products", "products.py")
                .source("columns", "columns.py")
                .source("halves", "halves.py")
                .source("linear", "linear.py")
                .source("attention", "attention.py")
                .source("plan", "plan.py")
                .source("sampling", "sampling.py")
                .source("head", "head.py")
                .source("heading", "heading.py");
        try (Script script = Script.load("heading", archive, "cpu")) {
            assertThat(script.call("alike", TOKENS)).isEqualTo(TOKENS);
        }
    }
}
