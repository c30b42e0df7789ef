package dev.millrace.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The variables that the README tells operators to set do what it says of them. */
class ToldSettingsHttpTest {

    private static final Pattern TOLD = Pattern.compile("`(MICRONAUT_[A-Z_]+)=([^`]+)`");
    private static final String ORIGIN = "https://their.example";

    private Door door;

    @BeforeEach
    void open() throws IOException {
        Map<String, Object> told = TOLD.matcher(Files.readString(Path.of("../README.md")))
                .results()
                .collect(Collectors.toMap(setting -> setting.group(1), setting -> setting.group(2)));
        door = new Door(Map.of(), told);
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void aPageOfAnAllowedOriginMayAskAndReadHeaders() throws Exception {
        HttpResponse<String> models =
                door.send(door.request("/v1/models").header("Origin", ORIGIN).GET());

        assertThat(models.statusCode()).isEqualTo(200);
        assertThat(models.headers().firstValue("access-control-allow-origin")).contains(ORIGIN);
        List<String> exposed = models.headers().allValues("access-control-expose-headers").stream()
                .flatMap(header -> Stream.of(header.split(",")))
                .map(String::strip)
                .toList();
        assertThat(exposed).containsExactlyInAnyOrder("x-request-id", "retry-after");
        assertThat(models.headers().firstValue("x-request-id")).isPresent();
    }

    @Test
    void aPageOfAnotherOriginMayNot() throws Exception {
        HttpResponse<String> models = door.send(door.request("/v1/models")
                .header("Origin", "https://elsewhere.example")
                .GET());

        assertThat(models.statusCode()).isEqualTo(403);
    }

    @Test
    void onlyAnswersLargerThanTheBoundAreCompressed() throws Exception {
        assertThat(encoding("/metrics")).isEqualTo("gzip");
        assertThat(encoding("/v1/models/echo")).isEqualTo("none");
    }

    private String encoding(String path) throws Exception {
        HttpResponse<Void> response = door.client()
                .send(
                        door.request(path).header("Accept-Encoding", "gzip").build(),
                        HttpResponse.BodyHandlers.discarding());
        assertThat(response.statusCode()).as(path).isEqualTo(200);
        return response.headers().firstValue("content-encoding").orElse("none");
    }
}
