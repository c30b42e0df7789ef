package dev.millrace.service;

import dev.millrace.topic.AvroLimits;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.Micronaut;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts a service's process. */
public final class Service {

    private static final Logger LOG = LoggerFactory.getLogger(Service.class);
    private static final String PARENT_WATCH = "MILLRACE_PARENT_WATCH";

    private Service() {}

    /**
     * Boots the application. Where the environment asks for it, the process ends with whoever started it, which it knows
     * by its standard input: the system closes that with the parent, however the parent dies.
     */
    public static ApplicationContext run(Class<?> application, String... args) {
        AvroLimits.set();
        if ("stdin".equals(System.getenv(PARENT_WATCH))) {
            watchParent();
        }
        ApplicationContext context =
                Micronaut.build(args).mainClass(application).banner(false).start();
        refuse("Nothing reads these settings", ConfigKeys.unknown(context));
        refuse("These settings cannot be read", ConfigKeys.unreadable(context));
        return context;
    }

    /** Ends the process, which might live on without doing anything: threads that are no daemons would keep it. */
    private static void refuse(String what, List<String> settings) {
        if (!settings.isEmpty()) {
            LOG.error("{}: {}", what, String.join(", ", settings));
            System.exit(1);
        }
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
