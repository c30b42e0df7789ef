package dev.millrace.local;

import dev.millrace.local.service.Service;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What each service is told, as variables of its environment. */
final class Environments {

    private static final String ROUTER_LEASE = "MILLRACE_SCHEDULER_LEASE_MILLIS";

    private static final String HOST = "MICRONAUT_SERVER_HOST";

    private final StackSettings settings;
    private final Addresses addresses;

    Environments(StackSettings settings, Addresses addresses) {
        this.settings = settings;
        this.addresses = addresses;
    }

    Map<String, String> of(Service service, String name, int port, Path scratch) {
        Map<String, String> variables = new HashMap<>();
        variables.put("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", addresses.bootstrapServers());
        variables.put("MICRONAUT_SERVER_PORT", Integer.toString(port));
        variables.put("MILLRACE_PARENT_WATCH", "stdin");
        variables.put("MILLRACE_DATA_DIR", scratch.toString());
        if (service != Service.INGRESS) {
            // The others ask nobody for a key, and tell everybody's usage.
            variables.put(HOST, "127.0.0.1");
        }
        switch (service) {
            case INGRESS -> {
                variables.put("MILLRACE_REDIS_URI", addresses.redisUri());
                variables.put("MILLRACE_BILLING_URL", addresses.billingUrl());
                variables.put("MILLRACE_IDENTITY_DEVELOPMENT_KEY", addresses.key());
                variables.put("MILLRACE_REQUEST_ID_SECRET", addresses.requestIdSecret());
            }
            case WORKER -> {
                variables.put("MILLRACE_WORKERS", String.join(",", settings.models()));
                variables.put("MILLRACE_FAULTS_ALLOWED", "true");
                variables.putAll(routersLease());
                // Half a gigabyte, unpacked once.
                variables.put(
                        "DJL_CACHE_DIR",
                        settings.checkout().tools().resolve("djl").toString());
            }
            case BILLING -> {
                variables.put("MILLRACE_POSTGRES_URL", addresses.postgres().jdbcUrl());
                variables.put("MILLRACE_POSTGRES_USER", addresses.postgres().user());
                variables.put("MILLRACE_POSTGRES_PASSWORD", addresses.postgres().password());
            }
            case ROUTER -> {}
        }
        variables.putAll(settings.environment().getOrDefault(service.processName(), Map.of()));
        variables.putAll(settings.environment().getOrDefault(name, Map.of()));
        return variables;
    }

    /** Workers have to let go before the router gives their work to others, so they are told how long it waits. */
    private Map<String, String> routersLease() {
        Map<String, String> router = settings.environment().getOrDefault(Service.ROUTER.processName(), Map.of());
        String lease = router.get(ROUTER_LEASE);
        return lease == null ? Map.of() : Map.of(ROUTER_LEASE, lease);
    }
}
