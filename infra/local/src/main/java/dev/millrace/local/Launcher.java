package dev.millrace.local;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Runs one stack in the foreground until the process is asked to end. */
final class Launcher {

    private static final Duration MODELS_LIMIT = Duration.ofMinutes(5);

    private final Console console;
    private volatile boolean stopping;

    Launcher(Console console) {
        this.console = console;
    }

    /** Returns an exit code if the stack cannot be started; else it ends with the process. */
    int run(StackSettings settings) throws InterruptedException {
        long startNanos = System.nanoTime();
        Optional<String> hindrance = hindrance(settings);
        if (hindrance.isPresent()) {
            return refuse(hindrance.get());
        }
        LocalStack stack;
        try {
            stack = LocalStack.prepare(settings, console);
        } catch (IOException e) {
            return refuse(String.valueOf(e.getMessage()));
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stack), "stack-shutdown"));
        List<String> missing;
        try {
            console.say("Millrace starts; data and logs are in " + stack.data());
            stack.start();
            missing = missingModels(stack);
        } catch (IOException e) {
            // Asked to end while it starts, it has nothing to complain about.
            return stopping ? 0 : refuse(String.valueOf(e.getMessage()));
        }
        Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
        new Banner(stack, missing).lines(took).forEach(console::say);
        new CountDownLatch(1).await();
        return 0;
    }

    /** What can be known before anything is started. */
    private static Optional<String> hindrance(StackSettings settings) {
        int port = settings.port();
        return (port == 0 ? Optional.<String>empty() : FreePorts.hindrance(port))
                .map(why -> "port " + port + " " + why + "; choose another with -Dport=")
                .or(() -> Elsewhere.hindrance(settings.external()));
    }

    private static List<String> missingModels(LocalStack stack) throws InterruptedException {
        return stack.hasApi()
                ? new ModelList(stack.apiUrl(), stack.key(), stack.workerUrls()).awaitAll(stack.models(), MODELS_LIMIT)
                : List.of();
    }

    private void stop(LocalStack stack) {
        stopping = true;
        console.say("Millrace stops"
                + (stack.endsSlowly() ? ", slowly this once, so that it starts quicker from now on" : ""));
        stack.close();
        console.say("Millrace has stopped");
    }

    private int refuse(String why) {
        console.say("Millrace cannot start: " + why);
        return 1;
    }
}
