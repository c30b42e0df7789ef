package dev.millrace.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ChatHttpTest {

    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"Hello you\"}]";
    private static final String WHOLE = "{\"model\":\"echo\"," + MESSAGES + "}";

    private static Door door;

    @BeforeAll
    static void open() {
        door = new Door();
        door.requests.onPublish = request -> door.replies.answer(request.getRequestId(), "Hello ", "you");
    }

    @AfterAll
    static void close() {
        door.close();
    }

    @Test
    void aWholeAnswerHasTheShapeThatClientsKnow() throws Exception {
        HttpResponse<String> response = door.post(Door.CHAT, WHOLE);

        String id = response.headers().firstValue("x-request-id").orElseThrow();
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(response.headers().firstValue("openai-processing-ms")).isPresent();
        assertThat(response.body())
                .startsWith("{\"id\":\"chatcmpl-" + id + "\",\"object\":\"chat.completion\",\"created\":")
                .contains("\"model\":\"echo\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                        + "\"content\":\"Hello you\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
                        + "\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2,\"total_tokens\":7,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":2},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":0}},\"service_tier\":\"default\"");
    }

    @Test
    void aStreamIsExactlyItsEvents() throws Exception {
        HttpResponse<String> response = door.post(
                Door.CHAT,
                "{\"model\":\"echo\",\"stream\":true,\"stream_options\":{\"include_usage\":true}," + MESSAGES + "}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
        assertThat(response.body()).endsWith("\n\n");
        List<String> events = Arrays.asList(response.body().split("\n\n"));
        assertThat(events).hasSize(6).allMatch(event -> event.startsWith("data: ") && !event.contains("\n"));
        assertThat(events.get(0))
                .endsWith("\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                        + "\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}");
        assertThat(events.get(1)).contains("\"delta\":{\"content\":\"Hello \"}");
        assertThat(events.get(2)).contains("\"delta\":{\"content\":\"you\"}");
        assertThat(events.get(3)).contains("\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"");
        assertThat(events.get(4)).contains("\"choices\":[],\"usage\":{\"prompt_tokens\":5,");
        assertThat(events.get(5)).isEqualTo("data: [DONE]");
    }

    @Test
    void theSameUnderTheOtherPath() throws Exception {
        assertThat(door.post("/api/v1/chat/completions", WHOLE).statusCode()).isEqualTo(200);
    }
}
