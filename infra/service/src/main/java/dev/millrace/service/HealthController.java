package dev.millrace.service;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Detail of every dependency for operators, plain status for probes. */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class HealthController {

    private static final String UP = "UP";
    private static final String DOWN = "DOWN";

    private final List<Dependency> dependencies;

    HealthController(List<Dependency> dependencies) {
        this.dependencies = dependencies;
    }

    @Get("/health")
    HttpResponse<Map<String, Object>> health() {
        Map<String, Object> details = new LinkedHashMap<>();
        boolean ready = true;
        for (Dependency dependency : dependencies) {
            Dependency.State state = dependency.state();
            ready &= state.up() || !dependency.isRequired();
            details.put(
                    dependency.name(),
                    Map.of(
                            "status", state.up() ? UP : DOWN,
                            "required", dependency.isRequired(),
                            "detail", state.detail()));
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", ready ? UP : DOWN);
        body.put("dependencies", details);
        return HttpResponse.status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                .body(body);
    }

    @Get("/health/liveness")
    Map<String, String> liveness() {
        return Map.of("status", UP);
    }

    @Get(uris = {"/health/readiness", "/ready"})
    HttpResponse<Map<String, String>> readiness() {
        boolean ready = dependencies.stream()
                .allMatch(dependency ->
                        !dependency.isRequired() || dependency.state().up());
        return HttpResponse.status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                .body(Map.of("status", ready ? UP : DOWN));
    }
}
