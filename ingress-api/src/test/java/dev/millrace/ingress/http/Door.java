package dev.millrace.ingress.http;

import dev.millrace.ingress.model.FakeRules;
import dev.millrace.ingress.model.Models;
import dev.millrace.ingress.reply.FakeReplyLog;
import dev.millrace.ingress.request.FakeRequestLog;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The real doors over real sockets, with logs that a test writes by hand behind them. */
final class Door implements AutoCloseable {

    static final String KEY = "sk-test-0123456789abcdef";
    static final String CHAT = "/v1/chat/completions";

    final EmbeddedServer server;
    final FakeReplyLog replies;
    final FakeRequestLog requests;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();

    Door() {
        this(Map.of());
    }

    Door(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(Map.of(
                "micronaut.server.port",
                -1,
                "millrace.identity.development-key",
                KEY,
                "millrace.session.store",
                "memory",
                "millrace.drain.grace-millis",
                500,
                "millrace.request.id-secret",
                "only for tests, and for nothing else"));
        all.putAll(settings);
        server = ApplicationContext.run(EmbeddedServer.class, all);
        replies = server.getApplicationContext().getBean(FakeReplyLog.class);
        requests = server.getApplicationContext().getBean(FakeRequestLog.class);
        Models models = server.getApplicationContext().getBean(Models.class);
        models.announce("echo@echo", FakeRules.echo());
        models.announce("able@able", FakeRules.able());
    }

    <T> T bean(Class<T> type) {
        return server.getApplicationContext().getBean(type);
    }

    URI uri(String path) {
        return server.getURI().resolve(path);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + KEY);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    HttpClient client() {
        return client;
    }

    @Override
    public void close() {
        server.close();
    }
}
