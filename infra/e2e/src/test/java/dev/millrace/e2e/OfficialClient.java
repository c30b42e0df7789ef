package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.models.Model;
import dev.millrace.local.LocalStack;
import java.time.Duration;

/** The client that application developers use, without its retries, so that a test sees the first answer. */
final class OfficialClient {

    private OfficialClient() {}

    static OpenAIClient of(LocalStack stack) {
        return of(stack, stack.key());
    }

    static OpenAIClient of(LocalStack stack, String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(stack.apiUrl() + "/v1")
                .apiKey(key)
                .maxRetries(0)
                .timeout(Duration.ofMinutes(2))
                .build();
    }

    /** Models are loaded while the stack is up already. */
    static void awaitModels(OpenAIClient client, String... models) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(client.models().list().data())
                        .extracting(Model::id)
                        .contains(models));
    }
}
