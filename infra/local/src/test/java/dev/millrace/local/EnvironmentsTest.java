package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.service.Service;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentsTest {

    private static final String LEASE = "MILLRACE_SCHEDULER_LEASE_MILLIS";

    @Test
    void workersAreToldOfTheRoutersLease() {
        assertThat(worker(Map.of())).doesNotContainKey(LEASE);
        assertThat(worker(Map.of("router", Map.of(LEASE, "1500")))).containsEntry(LEASE, "1500");
        assertThat(worker(Map.of("router", Map.of(LEASE, "1500"), "worker-1", Map.of(LEASE, "1600"))))
                .containsEntry(LEASE, "1600");
    }

    @Test
    void onlyTheDoorIsOpenToOtherMachines() {
        for (Service service : Service.values()) {
            Map<String, String> variables = of(service, service.processName(), Map.of());
            if (service == Service.INGRESS) {
                assertThat(variables).doesNotContainKey("MICRONAUT_SERVER_HOST");
            } else {
                assertThat(variables).as(service.name()).containsEntry("MICRONAUT_SERVER_HOST", "127.0.0.1");
            }
        }
    }

    private static Map<String, String> worker(Map<String, Map<String, String>> environment) {
        return of(Service.WORKER, "worker-1", environment);
    }

    private static Map<String, String> of(Service service, String name, Map<String, Map<String, String>> environment) {
        StackSettings settings = new StackSettings(
                new Checkout(Path.of("checkout")),
                Path.of("data"),
                0,
                EnumSet.allOf(Infrastructure.class),
                EnumSet.allOf(Service.class),
                1,
                List.of("echo"),
                StackSettings.External.NONE,
                environment,
                List.of(),
                true);
        Addresses addresses = new Addresses(
                "broker:1",
                new ExternalPostgres("jdbc:postgresql://database/x", "user", "password"),
                "redis://redis",
                "http://billing",
                "http://ingress",
                "key",
                "secret");
        return new Environments(settings, addresses).of(service, name, 1, Path.of("scratch"));
    }
}
