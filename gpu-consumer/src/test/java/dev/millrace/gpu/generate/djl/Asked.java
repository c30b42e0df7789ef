package dev.millrace.gpu.generate.djl;

import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import dev.millrace.gpu.generate.Delivered;
import dev.millrace.gpu.generate.Task;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Requests as tests want them. */
final class Asked {

    private Asked() {}

    static Sampling.Builder greedy(int maxTokens) {
        return Sampling.newBuilder().setSeed(1).setTemperature(0.0).setMaxTokens(maxTokens);
    }

    static InferenceRequested completion(String id, int[] prompt, Sampling.Builder sampling) {
        return request(id, RequestKind.COMPLETION, "{\"prompt\":" + Arrays.toString(prompt) + "}", sampling, r -> {});
    }

    static InferenceRequested chat(String id, String prompt, Sampling.Builder sampling) {
        return request(id, RequestKind.CHAT, prompt, sampling, r -> {});
    }

    static InferenceRequested request(
            String id,
            RequestKind kind,
            String prompt,
            Sampling.Builder sampling,
            Consumer<InferenceRequested.Builder> more) {
        InferenceRequested.Builder request = InferenceRequested.newBuilder()
                .setRequestId(id)
                .setFacts(
                        RequestFacts.newBuilder().setModel("tiny").setKind(kind).build())
                .setPrompt(prompt)
                .setSampling(sampling.build())
                .setQueueTimeoutMillis(1000)
                .setFirstTokenTimeoutMillis(1000)
                .setLifetimeMillis(1000);
        more.accept(request);
        return request.build();
    }

    static Task task(InferenceRequested request) {
        return new Task(request, List.of());
    }

    static Task after(InferenceRequested request, List<Delivered> delivered) {
        return new Task(request, delivered);
    }
}
