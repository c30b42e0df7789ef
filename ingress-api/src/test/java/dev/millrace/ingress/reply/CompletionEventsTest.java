package dev.millrace.ingress.reply;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.event.Chunk;
import dev.millrace.event.TokenChance;
import dev.millrace.event.TokenLogprob;
import dev.millrace.ingress.reply.FakeReplyLog.Replies;
import dev.millrace.reply.Answer;
import dev.millrace.topic.AvroLimits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CompletionEventsTest {

    private static final Face FACE = new Face("cmpl-x", 5, "able", "fp_1", "default", false, false);
    private static final Face WITH_USAGE = new Face("cmpl-x", 5, "able", "fp_1", "default", true, false);
    private static final String HEAD = "data: {\"id\":\"cmpl-x\",\"object\":\"text_completion\",\"created\":5,"
            + "\"model\":\"able\",\"system_fingerprint\":\"fp_1\",\"choices\":[";
    private static final byte[] SMILE = "😀".getBytes(StandardCharsets.UTF_8);

    @BeforeAll
    static void trust() {
        AvroLimits.set();
    }

    private static String text(byte[] event) {
        return new String(event, StandardCharsets.UTF_8);
    }

    private static Chunk.Builder chunk(int sequence) {
        return Replies.chunk("x", sequence);
    }

    @Test
    void theBytesAreExactlyThese() {
        CompletionEvents events = new CompletionEvents(FACE);
        assertThat(events.opening(0)).isEmpty();
        assertThat(text(events.chunk(chunk(0).setText("hi\n").build())))
                .isEqualTo(HEAD + "{\"text\":\"hi\\n\",\"index\":0,\"logprobs\":null,\"finish_reason\":null}]}\n\n");
        assertThat(text(events.chunk(
                        chunk(1).setChoice(1).setFinishReason("length").build())))
                .isEqualTo(HEAD + "{\"text\":\"\",\"index\":1,\"logprobs\":null,\"finish_reason\":\"length\"}]}\n\n");
        assertThat(events.usage(new Tally())).isEmpty();
    }

    @Test
    void usageComesLastWhereItIsWanted() {
        CompletionEvents events = new CompletionEvents(WITH_USAGE);
        assertThat(text(events.chunk(chunk(0).setText("a").build()))).endsWith("],\"usage\":null}\n\n");
        Tally tally = new Tally();
        tally.add(chunk(0).setText("a").setTokens(1).build());
        assertThat(events.usage(tally)).hasValueSatisfying(usage -> assertThat(text(usage))
                .startsWith(HEAD + "],\"usage\":{\"prompt_tokens\":5,"));
    }

    private static TokenChance chance(String token, byte[] bytes, double logprob) {
        return new TokenChance(token, ByteBuffer.wrap(bytes), logprob);
    }

    private static TokenChance chance(String token, double logprob) {
        return chance(token, token.getBytes(StandardCharsets.UTF_8), logprob);
    }

    private static byte[] part(int from, int to) {
        return java.util.Arrays.copyOfRange(SMILE, from, to);
    }

    /** Two tokens that are one character, then one of two characters; the second was not among the likeliest. */
    private static List<Chunk> likely() {
        TokenChance first = chance("\ufffd", part(0, 2), -0.5);
        TokenChance second = chance("\ufffd", part(2, 4), -3);
        TokenChance third = chance("é!", -0.25);
        return List.of(
                chunk(0).setLogprobs(List.of(new TokenLogprob(first, List.of(first, chance("a", -1)))))
                        .build(),
                chunk(1).setText("😀é!")
                        .setLogprobs(List.of(
                                new TokenLogprob(second, List.of(chance("b", -0.1), chance("b", -2.0))),
                                new TokenLogprob(third, List.of())))
                        .build(),
                chunk(2).setText("z")
                        .setLogprobs(List.of(new TokenLogprob(chance("z", -1), List.of())))
                        .build());
    }

    @Test
    void logprobsAreColumnsWithPlacesInTheWholeText() throws Exception {
        CompletionEvents events = new CompletionEvents(FACE);
        StringBuilder all = new StringBuilder();
        for (Chunk chunk : likely()) {
            JsonNode event =
                    new ObjectMapper().readTree(text(events.chunk(chunk)).substring("data: ".length()));
            all.append(event.at("/choices/0/logprobs")).append('\n');
        }
        assertThat(all.toString()).isEqualTo("""
                        {"tokens":["\ufffd"],"token_logprobs":[-0.5],"top_logprobs":[{"\ufffd":-0.5,"a":-1.0}],"text_offset":[0]}
                        {"tokens":["\ufffd","é!"],"token_logprobs":[-3.0,-0.25],\
                        "top_logprobs":[{"b":-0.1,"\ufffd":-3.0},{"é!":-0.25}],"text_offset":[1,1]}
                        {"tokens":["z"],"token_logprobs":[-1.0],"top_logprobs":[{"z":-1.0}],"text_offset":[3]}
                        """);
    }

    @Test
    void theWholeSaysTheSameAsTheStream() throws Exception {
        Answer answer = new Answer();
        Tally tally = new Tally();
        likely().forEach(answer::add);
        likely().forEach(tally::add);
        answer.add(chunk(3).setFinishReason("stop").build());
        answer.add(chunk(4).setChoice(1).setText("other").build());
        JsonNode json = new ObjectMapper().readTree(CompletionJson.of(FACE, answer, tally));
        assertThat(json.path("object").asText()).isEqualTo("text_completion");
        assertThat(json.at("/choices/0/text").asText()).isEqualTo("😀é!z");
        assertThat(json.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(json.at("/choices/0/logprobs/text_offset").toString()).isEqualTo("[0,1,1,3]");
        assertThat(json.at("/choices/1/text").asText()).isEqualTo("other");
        assertThat(json.at("/choices/1/logprobs").isNull()).isTrue();
        assertThat(json.at("/usage/prompt_tokens").asInt()).isEqualTo(5);
    }
}
