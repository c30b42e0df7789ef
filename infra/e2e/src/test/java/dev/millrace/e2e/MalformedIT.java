package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.e2e.MalformedRequests.Case;
import dev.millrace.local.LocalStack;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is wrong is told so, by name, before anything of it reaches the log; what is nearly wrong is answered. */
@ExtendWith(SharedStack.class)
class MalformedIT {

    private static HttpResponse<String> post(EchoStream client, String path, byte[] body, String contentType)
            throws Exception {
        return client.send(client.request(path)
                .setHeader("Content-Type", contentType)
                .POST(BodyPublishers.ofByteArray(body))
                .build());
    }

    @BeforeAll
    static void awaitModels(LocalStack stack) {
        OfficialClient.awaitModels(OfficialClient.of(stack), GoldenVectors.MODEL);
    }

    @Test
    void malformedRequestsAreRefusedByNameAndLeaveNoTrace(LocalStack stack) throws Exception {
        EchoStream client = new EchoStream(stack);
        TopicEnds before = TopicEnds.atRest(stack.bootstrapServers());
        assertThat(MalformedRequests.all()).hasSizeGreaterThanOrEqualTo(40);

        SoftAssertions all = new SoftAssertions();
        for (Case wrong : MalformedRequests.all()) {
            HttpResponse<String> response = post(client, wrong.path(), wrong.wrong(), wrong.contentType());
            all.assertThat(response.statusCode())
                    .as("%s: %s", wrong, response.body())
                    .isEqualTo(wrong.status());
            JsonNode error = EchoStream.read(response.body()).path("error");
            all.assertThat(error.path("param").asText(null))
                    .as("%s: %s", wrong, response.body())
                    .isEqualTo(wrong.param());
            for (String key : List.of("message", "type", "param", "code")) {
                all.assertThat(error.has(key)).as("%s has %s", wrong, key).isTrue();
            }
        }
        all.assertAll();
        TopicEnds after = TopicEnds.atRest(stack.bootstrapServers());
        assertThat(after.topics())
                .contains("millrace.requests", "millrace.replies", "millrace.usage", "millrace.work.echo");
        assertThat(after.withoutHeartbeats()).isEqualTo(before.withoutHeartbeats());
    }

    @Test
    void theirTwinsAreAnswered(LocalStack stack) throws Exception {
        EchoStream client = new EchoStream(stack);
        SoftAssertions all = new SoftAssertions();
        for (Case right : MalformedRequests.all()) {
            HttpResponse<String> response = post(client, right.path(), right.right(), "application/json");
            all.assertThat(response.statusCode())
                    .as("%s: %s", right, response.body())
                    .isEqualTo(200);
        }
        all.assertAll();
    }
}
