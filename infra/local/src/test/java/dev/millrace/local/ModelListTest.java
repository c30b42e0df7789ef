package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ModelListTest {

    private static final Duration LONG = Duration.ofHours(1);
    private static final List<String> BOTH = List.of("echo", "mine");

    private final HttpServer server;
    private final Queue<String> served = new ArrayDeque<>(List.of("[{\"id\":\"echo\"}]"));
    private final Queue<String> health = new ArrayDeque<>(List.of("echo: echo-1 serves, mine: loading"));

    ModelListTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        tell("/v1/models", served);
        tell("/health", health);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    /** One after the other; the last one stays. */
    private void tell(String path, Queue<String> bodies) {
        server.createContext(path, exchange -> {
            byte[] body;
            synchronized (bodies) {
                String next = bodies.size() > 1 ? bodies.remove() : bodies.element();
                body = next.getBytes(StandardCharsets.UTF_8);
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    private List<String> missing(Duration limit) throws InterruptedException {
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        return new ModelList(url, "key", List.of(url)).awaitAll(BOTH, limit);
    }

    @Test
    void aModelThatLoadsIsWaitedFor() throws Exception {
        served.add("[{\"id\":\"echo\"}]");
        served.add("[{\"id\":\"echo\"},{\"id\":\"mine\"}]");

        assertThat(missing(LONG)).isEmpty();
    }

    @Test
    void oneThatLoadsForTooLongIsNot() throws Exception {
        assertThat(missing(Duration.ofMillis(300))).containsExactly("mine");
    }

    @Test
    void oneThatCannotBeLoadedIsNot() throws Exception {
        health.add("echo: echo-1 serves, mine: failed: config.json is not JSON");

        assertThat(missing(LONG)).containsExactly("mine");
    }
}
