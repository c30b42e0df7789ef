package dev.millrace.bench.engine;

import dev.millrace.bench.checkpoint.ModelShape;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import dev.millrace.gpu.generate.Generator;
import dev.millrace.gpu.generate.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Asks a generator as the worker does, with prompts that it has never seen and sampling as the model would have it. */
final class Asker {

    private static final int LIFETIME_MILLIS = 600_000;

    private final Generator generator;
    private final Random random;
    private final int vocabulary;
    private long asked;

    Asker(Generator generator, ModelShape shape, long seed) {
        this.generator = generator;
        this.random = new Random(seed);
        this.vocabulary = shape.tokens();
    }

    int[] prompt(int length) {
        return random.ints(length, 0, vocabulary).toArray();
    }

    /** One answer of exactly so many tokens. */
    Answer ask(int[] prompt, int tokens) {
        Sampling sampling = Sampling.newBuilder()
                .setSeed(asked)
                .setMaxTokens(tokens)
                .setIgnoreEos(true)
                .build();
        InferenceRequested request = InferenceRequested.newBuilder()
                .setRequestId("bench-" + asked++)
                .setFacts(RequestFacts.newBuilder()
                        .setModel("bench")
                        .setKind(RequestKind.COMPLETION)
                        .build())
                .setPrompt("{\"prompt\":" + Arrays.toString(prompt) + "}")
                .setSampling(sampling)
                .setQueueTimeoutMillis(LIFETIME_MILLIS)
                .setFirstTokenTimeoutMillis(LIFETIME_MILLIS)
                .setLifetimeMillis(LIFETIME_MILLIS)
                .build();
        Answer answer = new Answer();
        generator.start(new Task(request, List.of()), answer);
        return answer;
    }

    /** Tokens a second of so many streams together. */
    double rate(int streams, int context, int tokens) {
        List<Answer> answers = new ArrayList<>();
        IntStream.range(0, streams).forEach(i -> answers.add(ask(prompt(context), tokens)));
        return Rates.steady(
                answers.stream().map(answer -> answer.await().nanos()).toList());
    }

    /** Milliseconds from asking to the first token. */
    double millisToFirst(int context) {
        return ask(prompt(context), 1).await().millisToFirstToken();
    }
}
