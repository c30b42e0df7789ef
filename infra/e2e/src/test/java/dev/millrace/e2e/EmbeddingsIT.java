package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponseFor;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams.EncodingFormat;
import dev.millrace.event.Finished;
import dev.millrace.local.LocalStack;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Vectors of texts, through the whole stack. */
@ExtendWith(SharedStack.class)
class EmbeddingsIT {

    private static final String DEMO = "qwen3-demo";
    private static final double SAME = 0.999;

    private LocalStack stack;
    private OpenAIClient client;

    @BeforeEach
    void awaitModels(LocalStack shared) {
        stack = shared;
        client = OfficialClient.of(stack);
        OfficialClient.awaitModels(client, DEMO, GoldenVectors.MODEL);
    }

    private static EmbeddingCreateParams.Builder of(String... texts) {
        return EmbeddingCreateParams.builder().model(DEMO).inputOfArrayOfStrings(List.of(texts));
    }

    private CreateEmbeddingResponse embed(EmbeddingCreateParams.Builder asked) {
        return client.embeddings().create(asked.build());
    }

    private static void assertOfLengthOne(List<Float> vector) {
        assertThat(GoldenVectors.product(vector, vector)).isCloseTo(1, within(1e-5));
    }

    @Test
    void areThoseOfTheReferenceImplementation() throws Exception {
        GoldenVectors golden = GoldenVectors.read();
        CreateEmbeddingResponse answer = embed(
                EmbeddingCreateParams.builder().model(GoldenVectors.MODEL).inputOfArrayOfTokenArrays(golden.prompts()));
        assertThat(answer.model()).isEqualTo(GoldenVectors.MODEL);
        assertThat(answer.data()).hasSameSizeAs(golden.prompts());
        for (int i = 0; i < golden.vectors().size(); i++) {
            Embedding one = answer.data().get(i);
            assertThat(one.index()).isEqualTo(i);
            assertThat(one.embedding()).hasSize(GoldenVectors.DIMENSIONS);
            assertOfLengthOne(one.embedding());
            for (int other = 0; other < golden.vectors().size(); other++) {
                double cosine =
                        GoldenVectors.cosine(one.embedding(), golden.vectors().get(other));
                if (other == i) {
                    assertThat(cosine).isGreaterThan(SAME);
                } else {
                    assertThat(cosine).isLessThan(SAME);
                }
            }
        }
        long tokens = golden.prompts().stream().mapToLong(List::size).sum();
        assertThat(answer.usage().promptTokens()).isEqualTo(tokens);
        assertThat(answer.usage().totalTokens()).isEqualTo(tokens);
    }

    @Test
    void areTheSameAsNumbersAndAsBytesAndAsTheClientAsksByItself() throws Exception {
        String[] texts = {"What is Millrace?", "你好，请问你能做什么？"};
        CreateEmbeddingResponse numbers = embed(of(texts).encodingFormat(EncodingFormat.FLOAT));
        CreateEmbeddingResponse bytes = embed(of(texts).encodingFormat(EncodingFormat.BASE64));
        CreateEmbeddingResponse usual = embed(of(texts));
        for (int i = 0; i < texts.length; i++) {
            List<Float> vector = numbers.data().get(i).embedding();
            assertThat(vector).hasSize(256);
            assertOfLengthOne(vector);
            assertThat(GoldenVectors.cosine(vector, bytes.data().get(i).embedding()))
                    .isGreaterThan(SAME);
            assertThat(GoldenVectors.cosine(vector, usual.data().get(i).embedding()))
                    .isGreaterThan(SAME);
        }
        assertThat(GoldenVectors.cosine(
                        numbers.data().get(0).embedding(), numbers.data().get(1).embedding()))
                .isLessThan(SAME);
    }

    @Test
    void areWrittenAsTheyWereAskedFor() throws Exception {
        assertThat(raw("float").isArray()).isTrue();
        assertThat(raw("base64").asText()).hasSize((256 * Float.BYTES + 2) / 3 * 4);
    }

    private JsonNode raw(String format) throws Exception {
        EchoStream plain = new EchoStream(stack);
        String body = "{\"model\":\"" + DEMO + "\",\"input\":\"hello\",\"encoding_format\":\"" + format + "\"}";
        JsonNode answer = EchoStream.read(plain.send(plain.request("/api/v1/embeddings")
                        .POST(BodyPublishers.ofString(body))
                        .build())
                .body());
        assertThat(answer.path("object").asText()).isEqualTo("list");
        assertThat(answer.at("/data/0/object").asText()).isEqualTo("embedding");
        return answer.at("/data/0/embedding");
    }

    @Test
    void canBeCut() {
        List<Float> whole = embed(of("cut me")).data().get(0).embedding();
        List<Float> cut = embed(of("cut me").dimensions(16)).data().get(0).embedding();
        assertThat(cut).hasSize(16);
        assertOfLengthOne(cut);
        assertThat(GoldenVectors.cosine(cut, whole.subList(0, 16))).isGreaterThan(SAME);
    }

    @Test
    void manyTextsComeBackInTheirOrder() {
        List<String> texts = java.util.stream.IntStream.range(0, 300)
                .mapToObj(i -> i % 3 == 0 ? "What is Millrace?" : "Count from " + i + " to " + (i * 7) + ".")
                .toList();
        CreateEmbeddingResponse answer =
                embed(EmbeddingCreateParams.builder().model(DEMO).inputOfArrayOfStrings(texts));
        assertThat(answer.data()).extracting(Embedding::index).isSorted().hasSize(300);
        List<Float> known = answer.data().get(0).embedding();
        for (int i = 0; i < texts.size(); i++) {
            double cosine = GoldenVectors.cosine(known, answer.data().get(i).embedding());
            assertThat(cosine > SAME).as("%s is %s", texts.get(i), cosine).isEqualTo(i % 3 == 0);
        }
    }

    @Test
    void areBilledAsWhatWasRead() {
        String id;
        long tokens;
        try (HttpResponseFor<CreateEmbeddingResponse> response = client.embeddings()
                .withRawResponse()
                .create(of("one", "two and three").build())) {
            id = response.requestId().orElseThrow();
            tokens = response.parse().usage().promptTokens();
        }
        assertThat(tokens).isPositive();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(new Ledger(stack).rows().get(id))
                        .singleElement()
                        .satisfies(row -> {
                            assertThat(row.inputTokens()).isEqualTo(tokens);
                            assertThat(row.outputTokens()).isZero();
                            assertThat(row.status()).isEqualTo("completed");
                        }));
        RequestLog.Verdict verdict = RequestLog.read(stack.bootstrapServers()).verdict(id);
        assertThat(verdict.ends()).singleElement().isInstanceOf(Finished.class);
        assertThat(verdict.promptTokens()).isEqualTo(tokens);
    }

    @Test
    void whatCannotBeHadIsRefusedByName() {
        assertRefused(of("x").dimensions(257), "dimensions", "invalid_value");
        assertRefused(of("x").model("echo"), "model", "unsupported_parameter");
        assertRefused(ids(512L), "input", "invalid_value");
        assertRefused(
                ids(Collections.nCopies(GoldenVectors.CONTEXT_TOKENS + 1, 5L).toArray(Long[]::new)),
                "input",
                "context_length_exceeded");
        assertThatThrownBy(() -> embed(of("x").model("no-such-model"))).isInstanceOf(NotFoundException.class);
    }

    private static EmbeddingCreateParams.Builder ids(Long... ids) {
        return EmbeddingCreateParams.builder().model(GoldenVectors.MODEL).inputOfArrayOfTokens(List.of(ids));
    }

    private void assertRefused(EmbeddingCreateParams.Builder asked, String param, String code) {
        assertThatThrownBy(() -> embed(asked)).isInstanceOfSatisfying(BadRequestException.class, error -> {
            assertThat(error.param()).hasValue(param);
            assertThat(error.code()).hasValue(code);
        });
    }
}
