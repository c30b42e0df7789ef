package dev.millrace.local;

import dev.millrace.local.service.Service;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a stack consists of.
 *
 * @param port the API's port; 0: a free one
 * @param services those that are started, each after the infrastructure
 * @param workers how many worker processes
 * @param models what every worker serves, as the worker's configuration names it
 * @param external what runs elsewhere and is only used
 * @param environment variables for a process by its name, or for all processes of a service by its name
 * @param serviceFlags for the services' JVMs, after the stack's own
 * @param archives whether a JVM that has no archive of its classes yet writes one as it ends
 */
record StackSettings(
        Checkout checkout,
        Path data,
        int port,
        Set<Infrastructure> infrastructure,
        Set<Service> services,
        int workers,
        List<String> models,
        External external,
        Map<String, Map<String, String>> environment,
        List<String> serviceFlags,
        boolean archives) {

    static final int MOST_WORKERS = 64;
    static final int LAST_PORT = 65_535;

    StackSettings {
        data = data.toAbsolutePath().normalize();
        infrastructure = Set.copyOf(infrastructure);
        services = Set.copyOf(services);
        models = List.copyOf(models);
        environment = Map.copyOf(environment);
        serviceFlags = List.copyOf(serviceFlags);
        if (port < 0 || port > LAST_PORT) {
            throw new IllegalArgumentException("port must be between 0 and " + LAST_PORT + ", not " + port);
        }
        if (workers < 1 || workers > MOST_WORKERS) {
            throw new IllegalArgumentException("workers must be between 1 and " + MOST_WORKERS + ", not " + workers);
        }
    }

    boolean embeds(Infrastructure part) {
        return infrastructure.contains(part) && !external.has(part);
    }

    /** Addresses of what runs elsewhere; null: embedded. */
    record External(
            @Nullable String kafka,
            @Nullable ExternalPostgres postgres,
            @Nullable String redis) {

        static final External NONE = new External(null, null, null);

        boolean has(Infrastructure part) {
            return switch (part) {
                case KAFKA -> kafka != null;
                case POSTGRES -> postgres != null;
                case REDIS -> redis != null;
            };
        }
    }
}
