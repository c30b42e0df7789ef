package dev.millrace.gpu.generate.echo;

import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.Sampling;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Requests as a door would write them. */
final class Requests {

    private Requests() {}

    static InferenceRequested saying(String text) {
        return saying(text, Map.of(), sampling -> sampling);
    }

    static InferenceRequested saying(
            String text, Map<String, String> metadata, UnaryOperator<Sampling.Builder> sampling) {
        return prompt("{\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}", metadata, sampling);
    }

    static InferenceRequested prompt(
            String prompt, Map<String, String> metadata, UnaryOperator<Sampling.Builder> sampling) {
        return InferenceRequested.newBuilder()
                .setRequestId("any")
                .setFacts(RequestFacts.newBuilder()
                        .setModel("echo")
                        .setMetadata(metadata)
                        .build())
                .setPrompt(prompt)
                .setSampling(sampling.apply(Sampling.newBuilder().setSeed(1)).build())
                .setQueueTimeoutMillis(1)
                .setFirstTokenTimeoutMillis(1)
                .setLifetimeMillis(1)
                .build();
    }
}
