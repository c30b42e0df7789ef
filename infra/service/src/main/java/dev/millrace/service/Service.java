package dev.millrace.service;

import dev.millrace.topic.AvroLimits;
import io.micronaut.runtime.Micronaut;
import java.io.IOException;
import java.util.Map;

/** Starts a service's process. */
public final class Service {

    private static final String PARENT_WATCH = "MILLRACE_PARENT_WATCH";

    private Service() {}

    /**
     * Boots the application. Where the environment asks for it, the process ends with whoever started it, which it knows
     * by its standard input: the system closes that with the parent, however the parent dies.
     */
    public static void run(Class<?> application, String... args) {
        AvroLimits.set();
        if ("stdin".equals(System.getenv(PARENT_WATCH))) {
            watchParent();
        }
        Micronaut.build(args)
                .mainClass(application)
                .banner(false)
                .properties(Map.of(SettingsCheck.WANTED, true))
                .start();
    }

    private static void watchParent() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Nobody writes to it; only its end matters.
                        }
                    } catch (IOException e) {
                        // As good as its end.
                    }
                    Runtime.getRuntime().halt(1);
                },
                "parent-watch");
        watch.setDaemon(true);
        watch.start();
    }
}
