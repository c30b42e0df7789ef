package dev.millrace.service;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.event.StartupEvent;
import io.micronaut.runtime.event.annotation.EventListener;
import jakarta.inject.Singleton;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses settings before anything is done with them: the server listens, and models are loaded, only afterwards. */
@Singleton
@Requires(property = SettingsCheck.WANTED)
final class SettingsCheck {

    /** For a process of its own; a context in a test must not end its JVM. */
    static final String WANTED = "service.settings-are-checked";

    private static final Logger LOG = LoggerFactory.getLogger(SettingsCheck.class);

    private final ApplicationContext context;

    SettingsCheck(ApplicationContext context) {
        this.context = context;
    }

    @EventListener
    void check(StartupEvent event) {
        refuse("Nothing reads these settings", ConfigKeys.unknown(context));
        refuse("These settings cannot be read", ConfigKeys.unreadable(context));
    }

    /** Ends the process, which might live on without doing anything: threads that are no daemons would keep it. */
    private static void refuse(String what, List<String> settings) {
        if (!settings.isEmpty()) {
            LOG.error("{}: {}", what, String.join(", ", settings));
            System.exit(1);
        }
    }
}
