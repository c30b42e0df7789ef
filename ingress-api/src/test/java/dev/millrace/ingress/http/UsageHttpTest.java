package dev.millrace.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Usage, which billing tells. */
class UsageHttpTest {

    private static Door door;
    private static HttpServer billing;

    @BeforeAll
    static void open() throws Exception {
        billing = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        billing.createContext("/v1/usage", exchange -> {
            byte[] body = (exchange.getRequestURI().getRawQuery() + " "
                            + exchange.getRequestHeaders().getFirst("X-Millrace-Tenant"))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/csv");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        billing.start();
        door = new Door(Map.of(
                "millrace.billing.url",
                "http://127.0.0.1:" + billing.getAddress().getPort()));
    }

    @AfterAll
    static void close() {
        door.close();
        billing.stop(0);
    }

    @Test
    void usageIsAskedOfBillingInTheCallersName() throws Exception {
        HttpResponse<String> response = door.get("/v1/usage?from=1&to=2%2B3");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("text/csv");
        assertThat(response.body()).isEqualTo("from=1&to=2%2B3 development");
    }

    @Test
    void withoutBillingThereIsAClearAnswer() throws Exception {
        try (Door other = new Door(Map.of("millrace.billing.url", "http://127.0.0.1:1"))) {
            HttpResponse<String> response = other.get("/v1/usage");
            ErrorsHttpTest.assertError(response, 503, "usage_unavailable", null);
            assertThat(response.headers().firstValue("retry-after")).isPresent();
        }
    }
}
