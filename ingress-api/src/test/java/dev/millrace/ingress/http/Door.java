package dev.millrace.ingress.http;

import dev.millrace.ingress.model.FakeRules;
import dev.millrace.ingress.model.Models;
import dev.millrace.ingress.reply.FakeReplyLog;
import dev.millrace.ingress.request.FakeRequestLog;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.PropertySource;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
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
        this(settings, Map.of());
    }

    /** @param variables of the process' environment, as it were */
    Door(Map<String, Object> settings, Map<String, Object> variables) {
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
        server = ApplicationContext.builder(all)
                .propertySources(PropertySource.of(
                        "variables", variables, PropertySource.PropertyConvention.ENVIRONMENT_VARIABLE))
                .run(EmbeddedServer.class);
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

    /** A connection on which nothing was said yet. */
    Socket connect() throws IOException {
        Socket socket = new Socket();
        // So little that the network can't hold a long answer for a client that does not read.
        socket.setReceiveBufferSize(1 << 16);
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
        return socket;
    }

    /** A connection on which a chat was asked for. */
    Socket raw(String body) throws IOException {
        Socket socket = connect();
        socket.getOutputStream()
                .write(("POST " + CHAT + " HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer " + KEY
                                + "\r\nAccept-Encoding: gzip, deflate\r\nContent-Type: application/json\r\nContent-Length: "
                                + body.length() + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    static String readUntil(InputStream in, String text) throws IOException {
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf(text) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended after " + seen);
            }
            seen.append((char) next);
        }
        return seen.toString();
    }

    @Override
    public void close() {
        server.close();
    }
}
