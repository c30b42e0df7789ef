package dev.millrace.reply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.ChoiceRecord;
import dev.millrace.event.Chunk;
import dev.millrace.event.ToolCallDelta;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerTest {

    private static Chunk.Builder chunk(int sequence) {
        return Chunk.newBuilder().setRequestId("r").setAttempt(1).setWorker("a").setSequence(sequence);
    }

    @Test
    void joinsTextAndReasoningOfEachChoice() {
        Answer answer = new Answer();
        answer.add(
                chunk(0).setReasoning("hm").setTokens(1).setReasoningTokens(1).build());
        answer.add(chunk(1).setChoice(1).setText("other").setTokens(1).build());
        answer.add(chunk(2).setText("a").setTokens(1).setTokenIds(List.of(7)).build());
        answer.add(chunk(3).setText("b").setTokens(2).setTokenIds(List.of(8, 9)).build());
        answer.add(chunk(4).setFinishReason("stop").build());

        assertThat(answer.choices()).extracting(ChoiceRecord::getText).containsExactly("ab", "other");
        assertThat(answer.choices()).extracting(ChoiceRecord::getReasoning).containsExactly("hm", "");
        assertThat(answer.choices()).extracting(ChoiceRecord::getFinishReason).containsExactly("stop", null);
        assertThat(answer.outputTokens()).isEqualTo(5);
        assertThat(answer.reasoningTokens()).isEqualTo(1);
        assertThat(answer.tokenIds(0)).containsExactly(7, 8, 9);
        assertThat(answer.tokenIds(2)).isEmpty();
    }

    @Test
    void takesThePromptsTokensFromTheFirstChunkThatTellsThem() {
        Answer answer = new Answer();
        answer.add(chunk(0).setPromptTokens(11).setCachedTokens(4).build());
        answer.add(
                chunk(1).setAttempt(2).setPromptTokens(12).setCachedTokens(12).build());

        assertThat(answer.promptTokens()).isEqualTo(11);
        assertThat(answer.cachedTokens()).isEqualTo(4);
    }

    @Test
    void lengthensTheArgumentsOfACall() {
        Answer answer = new Answer();
        answer.add(chunk(0).setToolCalls(List.of(new ToolCallDelta(0, "call_1", "get_weather", "")))
                .build());
        answer.add(chunk(1).setToolCalls(List.of(new ToolCallDelta(0, null, null, "{\"city\":")))
                .build());
        answer.add(chunk(2).setToolCalls(List.of(
                        new ToolCallDelta(0, null, null, "\"Paris\"}"), new ToolCallDelta(1, "call_2", "now", "{}")))
                .build());

        assertThat(answer.choices().get(0).getToolCalls())
                .containsExactly(
                        new ToolCallDelta(0, "call_1", "get_weather", "{\"city\":\"Paris\"}"),
                        new ToolCallDelta(1, "call_2", "now", "{}"));
    }

    @Test
    void keepsNoneOfTheTextsWhereTheyAreMoreThanItMayHold() {
        Answer answer = new Answer(10);
        answer.add(chunk(0).setText("12345").setTokens(1).setPromptTokens(3).build());
        answer.add(chunk(1).setChoice(1).setReasoning("67890").setTokens(1).build());
        assertThat(answer.choices()).hasSize(2);

        answer.add(chunk(2).setToolCalls(List.of(new ToolCallDelta(0, null, null, "{")))
                .setTokens(1)
                .build());
        answer.add(chunk(3).setTokens(2).setFinishReason("stop").build());
        assertThat(answer.choices()).isEmpty();
        assertThat(answer.outputTokens()).isEqualTo(5);
        assertThat(answer.promptTokens()).isEqualTo(3);
    }

    @Test
    void isEmptyWhereNothingWasDelivered() {
        assertThat(new Answer().choices()).isEmpty();
        assertThat(new Answer().promptTokens()).isZero();
    }
}
