package dev.millrace.ingress.reply;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.event.Chunk;
import dev.millrace.event.TokenChance;
import dev.millrace.event.TokenLogprob;
import dev.millrace.event.ToolCallDelta;
import dev.millrace.ingress.reply.FakeReplyLog.Replies;
import dev.millrace.reply.Answer;
import dev.millrace.topic.AvroLimits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ChunkEventsTest {

    private static final Face FACE = new Face("chatcmpl-x", 5, "echo", "fp_1", "default", false, false);
    private static final Face LEGACY = new Face("chatcmpl-x", 5, "echo", "fp_1", "flex", true, true);
    private static final String HEAD =
            "data: {\"id\":\"chatcmpl-x\",\"object\":\"chat.completion.chunk\",\"created\":5,"
                    + "\"model\":\"echo\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_1\",\"choices\":[";
    private static final ObjectMapper JSON = new ObjectMapper();

    @BeforeAll
    static void trust() {
        AvroLimits.set();
    }

    private static String event(Face face, Chunk chunk) {
        return new String(new ChunkEvents(face).chunk(chunk), StandardCharsets.UTF_8);
    }

    private static Chunk.Builder chunk() {
        return Replies.chunk("x", 1);
    }

    @Test
    void aTextIsOneLineWhateverIsInIt() throws Exception {
        String text = "a\nb\r\u2028\"\\\u0000 ü 😀";
        String event = event(FACE, chunk().setText(text).build());
        assertThat(event)
                .startsWith(HEAD + "{\"index\":0,\"delta\":{\"content\":\"")
                .endsWith("\n\n");
        String line = event.substring("data: ".length(), event.length() - 2);
        assertThat(line).doesNotContain("\n").doesNotContain("\r");
        assertThat(JSON.readTree(line).at("/choices/0/delta/content").asText()).isEqualTo(text);
    }

    @Test
    void theBytesAreExactlyThese() {
        assertThat(event(FACE, chunk().setText("hi").build()))
                .isEqualTo(
                        HEAD
                                + "{\"index\":0,\"delta\":{\"content\":\"hi\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n");
        assertThat(event(FACE, chunk().setFinishReason("length").build()))
                .isEqualTo(HEAD + "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"length\"}]}\n\n");
        assertThat(event(FACE, chunk().build()))
                .isEqualTo(HEAD
                        + "{\"index\":0,\"delta\":{\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n");
        assertThat(StreamEvents.DONE).asString(StandardCharsets.UTF_8).isEqualTo("data: [DONE]\n\n");
        assertThat(StreamEvents.KEEP_ALIVE).asString(StandardCharsets.UTF_8).isEqualTo(": keep-alive\n\n");
    }

    @Test
    void reasoningGoesUnderBothNames() {
        assertThat(event(FACE, chunk().setReasoning("hm").build()))
                .contains("\"delta\":{\"reasoning_content\":\"hm\",\"reasoning\":\"hm\"}");
        assertThat(event(FACE, chunk().setReasoning("hm").setText("so").build()))
                .contains("\"delta\":{\"reasoning_content\":\"hm\",\"reasoning\":\"hm\",\"content\":\"so\"}");
    }

    @Test
    void callsAreNamedFirstAndThenGrow() {
        Chunk named = chunk().setToolCalls(List.of(new ToolCallDelta(0, "call_1", "f", "")))
                .build();
        Chunk grown = chunk().setToolCalls(List.of(new ToolCallDelta(0, null, null, "{\"a\"")))
                .build();
        assertThat(event(FACE, named))
                .contains("\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\","
                        + "\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}");
        assertThat(event(FACE, grown))
                .contains("\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\"\"}}]}");
        assertThat(event(LEGACY, named)).contains("\"delta\":{\"function_call\":{\"name\":\"f\",\"arguments\":\"\"}}");
        assertThat(event(LEGACY, chunk().setFinishReason("tool_calls").build()))
                .contains("\"finish_reason\":\"function_call\"")
                .contains("\"service_tier\":\"flex\"")
                .endsWith(",\"usage\":null}\n\n");
    }

    @Test
    void theOldShapeLosesNothingOfItsOneCall() {
        Chunk pieces = chunk().setToolCalls(List.of(
                        new ToolCallDelta(0, "call_1", "f", ""),
                        new ToolCallDelta(0, null, null, "{\"a\":"),
                        new ToolCallDelta(0, null, null, "1}"),
                        new ToolCallDelta(1, "call_2", "g", "{}")))
                .build();
        assertThat(event(LEGACY, pieces))
                .contains("\"delta\":{\"function_call\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}}");
        Chunk another = chunk().setToolCalls(List.of(new ToolCallDelta(1, null, null, "{}")))
                .build();
        assertThat(event(LEGACY, another)).contains("\"delta\":{\"content\":\"\"}");
    }

    @Test
    void logprobsTellBytes() throws Exception {
        TokenChance chosen = chance("é", -0.5);
        Chunk chunk = chunk().setText("é")
                .setLogprobs(List.of(new TokenLogprob(chosen, List.of(chosen, chance("e", -1.25)))))
                .build();
        String event = event(FACE, chunk);
        JsonNode logprobs = JSON.readTree(event.substring(6)).at("/choices/0/logprobs");
        assertThat(logprobs.toString())
                .isEqualTo("{\"content\":[{\"token\":\"é\",\"logprob\":-0.5,\"bytes\":[195,169],\"top_logprobs\":["
                        + "{\"token\":\"é\",\"logprob\":-0.5,\"bytes\":[195,169]},"
                        + "{\"token\":\"e\",\"logprob\":-1.25,\"bytes\":[101]}]}],\"refusal\":null}");
    }

    private static TokenChance chance(String token, double logprob) {
        return new TokenChance(token, ByteBuffer.wrap(token.getBytes(StandardCharsets.UTF_8)), logprob);
    }

    @Test
    void theWholeSaysTheSameAsTheStream() throws Exception {
        Answer answer = new Answer();
        Tally tally = new Tally();
        List<Chunk> chunks = List.of(
                Replies.chunk("x", 0)
                        .setReasoning("hm")
                        .setTokens(2)
                        .setReasoningTokens(2)
                        .build(),
                chunk().setToolCalls(List.of(new ToolCallDelta(0, "call_1", "f", "{")))
                        .setTokens(1)
                        .build(),
                chunk().setToolCalls(List.of(new ToolCallDelta(0, null, null, "}")))
                        .setTokens(1)
                        .build(),
                chunk().setFinishReason("tool_calls").build(),
                chunk().setChoice(1).setText("so").setTokens(1).build(),
                chunk().setChoice(1).setFinishReason("stop").build());
        chunks.forEach(answer::add);
        chunks.forEach(tally::add);
        JsonNode json = JSON.readTree(WholeJson.of(FACE, answer, tally));
        assertThat(json.at("/choices/0/message").toString())
                .isEqualTo("{\"role\":\"assistant\",\"content\":null,\"refusal\":null,\"reasoning_content\":\"hm\","
                        + "\"reasoning\":\"hm\",\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"function\","
                        + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}");
        assertThat(json.at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(json.at("/choices/1/message/content").asText()).isEqualTo("so");
        assertThat(json.path("usage").toString())
                .isEqualTo("{\"prompt_tokens\":5,\"completion_tokens\":5,\"total_tokens\":10,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":2},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":2}}");
    }
}
