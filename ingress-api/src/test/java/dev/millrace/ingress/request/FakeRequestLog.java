package dev.millrace.ingress.request;

import dev.millrace.event.InferenceRequested;
import io.micronaut.context.annotation.Replaces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request log that remembers, and that tells a test of each request. */
@Singleton
@Replaces(KafkaRequestLog.class)
public final class FakeRequestLog implements RequestLog {

    public record Cancel(String requestId, String model, String cause) {}

    public final List<InferenceRequested> published = new CopyOnWriteArrayList<>();
    public final List<Cancel> cancelled = new CopyOnWriteArrayList<>();
    public volatile @Nullable RuntimeException failure;
    public volatile Consumer<InferenceRequested> onPublish = request -> {};

    @Override
    public CompletionStage<Void> publish(InferenceRequested request) {
        RuntimeException error = failure;
        if (error != null) {
            return CompletableFuture.failedFuture(error);
        }
        published.add(request);
        onPublish.accept(request);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void cancel(String requestId, String model, String cause) {
        cancelled.add(new Cancel(requestId, model, cause));
    }
}
