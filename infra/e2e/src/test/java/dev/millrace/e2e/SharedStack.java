package dev.millrace.e2e;

import dev.millrace.local.Checkout;
import dev.millrace.local.LocalStack;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One whole stack for all tests that do it no harm: started at the first use, stopped after the last test of this JVM or
 * ahead of one that says that it is {@link Over}.
 * Where several share the tests, each class is an execution by itself, but all are of one session.
 */
public final class SharedStack implements ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(SharedStack.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == LocalStack.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                .getOrComputeIfAbsent(Held.class, unused -> new Held(), Held.class)
                .stack;
    }

    /** Stops it ahead of a class that comes after all who share it and starts processes of its own. */
    static final class Over implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            Held held = context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE).remove(Held.class, Held.class);
            if (held != null) {
                held.close();
            }
        }
    }

    private static final class Held implements AutoCloseable {
        private final LocalStack stack;

        Held() {
            try {
                Path models = Checkout.find().module("gpu-consumer/src/main/models");
                stack = LocalStack.in(Stacks.emptyDirectory("shared"))
                        .model("qwen3-demo", models.resolve("qwen3-demo"))
                        .model("deepseek-demo", models.resolve("deepseek-demo"))
                        .model(GoldenVectors.MODEL, GoldenVectors.checkpoint())
                        // A busy machine may take longer than the second after which Redis counts as away.
                        .environment("ingress", "MILLRACE_REDIS_TIMEOUT_MILLIS", "10000")
                        .start();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            stack.close();
        }
    }

    /** Where stacks of tests keep what they have: in a path that has blanks, as a user's may. */
    static final class Stacks {

        private Stacks() {}

        static Path emptyDirectory(String name) throws java.io.IOException {
            Path parent = java.nio.file.Files.createDirectories(Path.of("target", "stacks of tests"));
            return java.nio.file.Files.createTempDirectory(parent, name + "-").toAbsolutePath();
        }
    }
}
