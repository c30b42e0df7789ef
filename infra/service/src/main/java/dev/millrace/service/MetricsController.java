package dev.millrace.service;

import io.micronaut.context.annotation.Factory;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.DefaultExports;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Optional;

/** The service's meters, as Prometheus reads them. */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class MetricsController {

    private final CollectorRegistry registry;

    MetricsController(CollectorRegistry registry) {
        this.registry = registry;
    }

    /** Whatever a reader says that it accepts: it is one of the two forms that readers know. */
    @Get("/metrics")
    @Produces(MediaType.ALL)
    HttpResponse<String> metrics(@Header(HttpHeaders.ACCEPT) Optional<String> accept) throws IOException {
        String contentType = TextFormat.chooseContentType(accept.orElse(null));
        StringWriter text = new StringWriter();
        TextFormat.writeFormat(contentType, text, registry.metricFamilySamples());
        return HttpResponse.ok(text.toString()).header(HttpHeaders.CONTENT_TYPE, contentType);
    }

    @Factory
    static final class Registry {

        @Singleton
        CollectorRegistry registry() {
            CollectorRegistry registry = new CollectorRegistry();
            DefaultExports.register(registry);
            return registry;
        }
    }
}
