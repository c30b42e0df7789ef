package dev.millrace.gpu.generate.djl;

import dev.millrace.event.Sampling;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** A generator over a model that is none, with four slots and room for two more. */
final class FakeModel implements AutoCloseable {

    static final Path DIRECTORY = Path.of("src/test/resources/goldens/checkpoints/qwen3");
    static final int VOCABULARY = 500;
    static final int END = 499;
    static final int CONTEXT = 256;

    final DjlTokenizer tokenizer = DjlTokenizer.load(DIRECTORY);
    final FakeEngine engine = new FakeEngine(VOCABULARY, CONTEXT, 8, 64, hash -> hash % 61 == 0 ? END : hash % 490);
    final DjlGenerator generator = FakeEngine.generator(engine, tokenizer, END, 4, 6);

    static int[] prompt(int length, int topic) {
        return IntStream.range(0, length).map(i -> (i * 7 + topic) % 480).toArray();
    }

    Heard run(String id, int[] prompt, Sampling.Builder sampling) {
        Heard heard = new Heard();
        generator.start(Asked.task(Asked.completion(id, prompt, sampling)), heard);
        return heard.awaitFinished();
    }

    @Override
    public void close() {
        generator.close();
    }
}
