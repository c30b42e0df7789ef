package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.billing.ledger.BillingMeter;
import dev.millrace.gpu.work.WorkerMeter;
import dev.millrace.ingress.meter.IngressMeter;
import dev.millrace.local.Checkout;
import dev.millrace.router.RouterMeter;
import dev.millrace.service.Meter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The meters of all services: their names, and the page that is made from them. */
class MetersTest {

    private static final Map<String, Meter[]> SERVICES = services();

    private static Map<String, Meter[]> services() {
        Map<String, Meter[]> services = new LinkedHashMap<>();
        services.put("ingress-api", IngressMeter.values());
        services.put("router-streams", RouterMeter.values());
        services.put("gpu-consumer", WorkerMeter.values());
        services.put("billing-aggregator", BillingMeter.values());
        return services;
    }

    private static List<Meter.Spec> all() {
        return SERVICES.values().stream()
                .flatMap(meters -> List.of(meters).stream())
                .map(Meter::spec)
                .toList();
    }

    /** {@code -Dmeters.write=true} writes the page anew. */
    @Test
    void thePageTellsAllOfThem() throws IOException {
        Path file = Checkout.find().module("infra/docs/METRICS.md");
        if (Boolean.getBoolean("meters.write")) {
            Files.writeString(file, page());
        }
        assertThat(file).hasContent(page());
    }

    @Test
    void theirNamesAreTheirOwnAndEndInTheirUnit() {
        assertThat(all()).extracting(Meter.Spec::name).doesNotHaveDuplicates();
        assertThat(all()).allSatisfy(spec -> {
            assertThat(spec.name()).matches("(gateway|router|worker|billing)_[a-z_]+");
            assertThat(spec.description()).isNotBlank();
            switch (spec.kind()) {
                case COUNTER -> assertThat(spec.name()).endsWith("_total");
                case HISTOGRAM -> assertThat(spec.name()).endsWith("_seconds");
                case GAUGE -> assertThat(spec.name()).doesNotEndWith("_total");
            }
        });
    }

    @Test
    void whatDashboardsCountOnIsThere() {
        assertThat(all())
                .extracting(spec -> spec.name() + spec.labels())
                .contains(
                        "gateway_requests_total[provider, model, status]",
                        "gateway_request_duration_seconds[provider, model]",
                        "gateway_tokens_used_total[provider, model, type]");
    }

    private static String page() {
        StringBuilder page = new StringBuilder("""
                # Meters

                What each service shows at `/metrics` on its own port, for Prometheus, besides the figures of its JVM. This page is made from the services' enums.
                """);
        SERVICES.forEach((service, meters) -> {
            page.append("\n## ").append(service).append("\n\n");
            page.append("| name | kind | labels | what it is |\n|---|---|---|---|\n");
            for (Meter meter : meters) {
                page.append(row(meter.spec()));
            }
        });
        return page.toString();
    }

    private static String row(Meter.Spec spec) {
        return "| `%s` | %s | %s | %s |\n"
                .formatted(
                        spec.name(),
                        spec.kind().name().toLowerCase(Locale.ROOT),
                        String.join(", ", spec.labels()),
                        spec.description());
    }
}
