package dev.millrace.router.settle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.ChoiceRecord;
import dev.millrace.event.CompletionRecorded;
import dev.millrace.event.Outcome;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.TokenChance;
import dev.millrace.event.TokenLogprob;
import dev.millrace.event.UsageRecorded;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.SchemaLookup;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndRecordsTest {

    private static final int MOST_BYTES = 2000;

    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);
    private final EndRecords records = new EndRecords(codec, MOST_BYTES);

    private static ChoiceRecord text(int characters, int chances) {
        TokenChance chance = new TokenChance("a", ByteBuffer.wrap(new byte[] {'a'}), -1.0);
        List<TokenLogprob> logprobs = java.util.Collections.nCopies(chances, new TokenLogprob(chance, List.of()));
        return ChoiceRecord.newBuilder()
                .setIndex(0)
                .setText("x".repeat(characters))
                .setFinishReason("stop")
                .setLogprobs(logprobs)
                .build();
    }

    private static ChoiceRecord vector(int bytes) {
        return ChoiceRecord.newBuilder()
                .setIndex(0)
                .setEmbedding(ByteBuffer.allocate(bytes))
                .build();
    }

    private static Settlement end(String user, ChoiceRecord... choices) {
        RequestFacts facts =
                RequestFacts.newBuilder().setModel("m").setUser(user).build();
        CompletionRecorded completion = CompletionRecorded.newBuilder()
                .setRequestId("r")
                .setFacts(facts)
                .setOutcome(Outcome.COMPLETED)
                .setWorker("w")
                .setAttempt(1)
                .setInputTokens(7)
                .setCachedTokens(0)
                .setOutputTokens(9)
                .setReasoningTokens(0)
                .setCreatedAtMillis(1)
                .setEndedAtMillis(2)
                .setChoices(List.of(choices))
                .build();
        UsageRecorded usage = UsageRecorded.newBuilder()
                .setRequestId("r")
                .setFacts(facts)
                .setOutcome(Outcome.COMPLETED)
                .setWorker("w")
                .setAttempt(1)
                .setInputTokens(7)
                .setCachedTokens(0)
                .setOutputTokens(9)
                .setReasoningTokens(0)
                .setCreatedAtMillis(1)
                .setEndedAtMillis(2)
                .build();
        return new Settlement(completion, usage);
    }

    private CompletionRecorded kept(ChoiceRecord... choices) throws Exception {
        byte[] bytes = records.encode(end("u", choices)).orElseThrow().completion();
        assertThat(bytes).hasSizeLessThanOrEqualTo(MOST_BYTES);
        CompletionRecorded kept = (CompletionRecorded) codec.decode(bytes);
        assertThat(kept.getInputTokens()).isEqualTo(7);
        assertThat(kept.getOutputTokens()).isEqualTo(9);
        return kept;
    }

    @Test
    void whatFitsIsKeptWhole() throws Exception {
        assertThat(kept(text(100, 10), vector(100)).getChoices()).containsExactly(text(100, 10), vector(100));
    }

    @Test
    void vectorsAndChancesGoFirst() throws Exception {
        assertThat(kept(vector(1500), vector(1500)).getChoices()).isEmpty();
        assertThat(kept(text(100, 1000)).getChoices()).singleElement().satisfies(choice -> {
            assertThat(choice.getText()).hasSize(100);
            assertThat(choice.getLogprobs()).isNull();
            assertThat(choice.getFinishReason()).isEqualTo("stop");
        });
    }

    @Test
    void anEndWithoutItsTextIsStillAnEnd() throws Exception {
        assertThat(kept(text(5000, 0)).getChoices()).isEmpty();
    }

    @Test
    void anEndThatFitsNowhereIsNone() {
        assertThat(records.encode(end("u".repeat(MOST_BYTES)))).isEmpty();
    }
}
