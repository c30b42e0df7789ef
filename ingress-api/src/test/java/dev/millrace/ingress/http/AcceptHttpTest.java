package dev.millrace.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers are of the type that they are, however it was asked for. */
class AcceptHttpTest {

    private static Door door;

    @BeforeAll
    static void open() {
        door = new Door();
    }

    @AfterAll
    static void close() {
        door.close();
    }

    private static HttpResponse<String> get(String path, String accept) throws Exception {
        return door.send(door.request(path).header("Accept", accept).GET());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json;q=0.9, */*;q=0.8",
                "application/json; charset=utf-16",
                "text/html, application/xhtml+xml, */*;q=0.1"
            })
    void jsonIsNotCalledAnythingElse(String accept) throws Exception {
        for (String path : new String[] {"/v1/models", "/v1/models/echo", "/v1/sessions"}) {
            HttpResponse<String> response = get(path, accept);
            assertThat(response.statusCode()).as(path).isEqualTo(200);
            assertThat(response.headers().allValues("content-type")).as(path).containsExactly("application/json");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain, text/plain",
        "text/plain;version=0.0.4, text/plain",
        "application/openmetrics-text;version=1.0.0, application/openmetrics-text",
        "*/*, text/plain",
        "application/json, text/plain"
    })
    void metersAreForWhoeverReadsThem(String accept, String type) throws Exception {
        HttpResponse<String> response = get("/metrics", accept);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type").orElseThrow()).startsWith(type + ";");
        assertThat(response.body()).contains("gateway_active_connections ");
    }
}
