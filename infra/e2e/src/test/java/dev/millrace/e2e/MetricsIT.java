package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.billing.ledger.BillingMeter;
import dev.millrace.e2e.EchoStream.Outcome;
import dev.millrace.gpu.work.WorkerMeter;
import dev.millrace.ingress.meter.IngressMeter;
import dev.millrace.local.LocalStack;
import dev.millrace.router.RouterMeter;
import dev.millrace.service.Meter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an operator sees of each service, after there was something to see. */
@ExtendWith(SharedStack.class)
class MetricsIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Tokens that are ready together make one event, between whose tokens no time passes. */
    private static final int TOKEN_MILLIS = 20;

    private static final Map<String, Meter[]> SERVICES = Map.of(
            "ingress", IngressMeter.values(),
            "router", RouterMeter.values(),
            "worker-1", WorkerMeter.values(),
            "billing", BillingMeter.values());

    private static String page(LocalStack stack, String service) throws IOException, InterruptedException {
        return new EchoStream(stack)
                .send(HttpRequest.newBuilder(URI.create(stack.operatorUrl(service) + "/metrics"))
                        .GET()
                        .build())
                .body();
    }

    /** Values by name and labels, as the page has them. */
    private static Map<String, Double> samples(LocalStack stack, String service)
            throws IOException, InterruptedException {
        Map<String, Double> samples = new HashMap<>();
        page(stack, service).lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int blank = line.lastIndexOf(' ');
            samples.put(line.substring(0, blank), Double.parseDouble(line.substring(blank + 1)));
        });
        return samples;
    }

    @Test
    void everyServiceHasAllOfItsMetersAndThoseOfItsJvm(LocalStack stack) throws Exception {
        for (Map.Entry<String, Meter[]> service : SERVICES.entrySet()) {
            String page = page(stack, service.getKey());
            assertThat(Stream.of(service.getValue()).map(Meter::spec))
                    .as(service.getKey())
                    .allSatisfy(spec -> assertThat(page).contains("# HELP " + spec.name()));
            assertThat(page).contains("# HELP jvm_memory_bytes_used ", "# HELP process_cpu_seconds");
        }
    }

    @Test
    void theFiguresAreThoseOfWhatWasDone(LocalStack stack) throws Exception {
        Map<String, Double> before = samples(stack, "ingress");
        Outcome outcome = new EchoStream(stack).ask(0, 20, TOKEN_MILLIS).join();
        assertThat(outcome.isWhole()).isTrue();

        await().atMost(LIMIT).untilAsserted(() -> {
            Map<String, Double> ingress = samples(stack, "ingress");
            assertThat(grown(
                            before,
                            ingress,
                            "gateway_requests_total{provider=\"local\",model=\"echo\",status=\"200\",}"))
                    .isEqualTo(1);
            for (String type : new String[] {"input", "output"}) {
                assertThat(grown(
                                before,
                                ingress,
                                "gateway_tokens_used_total{provider=\"local\",model=\"echo\",type=\"" + type + "\",}"))
                        .isEqualTo(20);
            }
            for (String histogram :
                    new String[] {"gateway_request_duration_seconds", "gateway_time_to_first_token_seconds"}) {
                assertThat(grown(before, ingress, histogram + "_count{provider=\"local\",model=\"echo\",}"))
                        .isEqualTo(1);
            }
            assertThat(grown(
                            before,
                            ingress,
                            "gateway_inter_token_latency_seconds_count{provider=\"local\",model=\"echo\",}"))
                    .isPositive();
            assertThat(ingress.get("gateway_active_connections")).isPositive();

            Map<String, Double> router = samples(stack, "router");
            assertThat(router)
                    .containsEntry("router_workers{model=\"echo\",}", 1.0)
                    .containsEntry("router_queue_requests{model=\"echo\",}", 0.0)
                    .containsEntry("router_queue_age_seconds{model=\"echo\",}", 0.0)
                    .containsKey("router_token_backlog{model=\"echo\",}");
            assertThat(router.get("router_worker_slots{model=\"echo\",}")).isPositive();
            assertThat(router.get("router_lag_records")).isBetween(0.0, 1_000.0);

            Map<String, Double> worker = samples(stack, "worker-1");
            assertThat(worker.get("worker_slots{model=\"echo\",}")).isPositive();
            assertThat(worker.get("worker_kv_blocks{model=\"qwen3-demo\",}")).isPositive();
            assertThat(worker).containsKey("worker_kv_blocks_used{model=\"qwen3-demo\",}");

            Map<String, Double> billing = samples(stack, "billing");
            assertThat(billing.get("billing_records_total{result=\"inserted\",}"))
                    .isPositive();
            assertThat(billing).containsEntry("billing_lag_records{partition=\"0\",}", 0.0);
        });
    }

    private static double grown(Map<String, Double> before, Map<String, Double> after, String sample) {
        return after.getOrDefault(sample, 0.0) - before.getOrDefault(sample, 0.0);
    }
}
