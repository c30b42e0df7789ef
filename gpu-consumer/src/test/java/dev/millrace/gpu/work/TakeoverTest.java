package dev.millrace.gpu.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.Chunk;
import dev.millrace.event.CloseCause;
import dev.millrace.event.Closed;
import dev.millrace.event.EndReason;
import dev.millrace.event.Failed;
import dev.millrace.event.Failure;
import dev.millrace.event.Finished;
import dev.millrace.event.HeldWork;
import dev.millrace.event.Outcome;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Started;
import dev.millrace.event.TakenOver;
import dev.millrace.gpu.generate.Delivered;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TakeoverTest {

    private static final RequestFacts FACTS =
            RequestFacts.newBuilder().setModel("m").build();

    private final Bureau bureau = new Bureau();
    private final String id = bureau.id();

    @Test
    void goesOnAfterWhatWasDelivered() {
        bureau.log.put(id, new Started(id, 1, "w0", "p", "local", FACTS));
        bureau.log.put(id, chunk(0, "a ", 11));
        bureau.log.put(bureau.id(), chunk(0, "of another", 99));
        bureau.log.put(id, chunk(1, "b ", 12));
        bureau.take(id, 2);
        bureau.log.put(id, chunk(2, "late", 13));

        assertThat(bureau.begun().task().delivered()).containsExactly(new Delivered(0, List.of(11, 12), "a b ", null));
        bureau.begun().sayFirst("c", 13, 5);
        bureau.settle();
        bureau.begun().end("stop");
        bureau.settle();

        assertThat(bureau.log.all(TakenOver.class)).hasSize(1);
        assertThat(bureau.log.reader(id).end()).isInstanceOf(Finished.class);
        assertThat(bureau.log.reader(id).tokens()).isEqualTo(3);
        assertThat(bureau.ended().getOutputTokens()).isEqualTo(1);
    }

    @Test
    void beginsOnlyAfterTheLogWasReadUpToItsMarker() {
        bureau.log.keeps = true;
        bureau.take(id, 2);
        assertThat(bureau.generator.begun).isEmpty();
        bureau.acknowledge();
        assertThat(bureau.generator.begun).isEmpty();
        bureau.acknowledge();
        assertThat(bureau.generator.begun).hasSize(1);
    }

    @Test
    void beginsOnlyWhenTheRouterKnowsWhoWouldDieOfIt() {
        bureau.brokersAnswer = false;
        bureau.take(id, 2);
        String first = bureau.take(1);
        assertThat(bureau.begun().task().request().getRequestId())
                .as("a first attempt does not wait, nor does it behind others")
                .isEqualTo(first);
        assertThat(bureau.generator.begun).hasSize(1);

        bureau.brokersAnswer = true;
        bureau.pass(400);
        assertThat(bureau.report().getHeld()).extracting(HeldWork::getRequestId).contains(id);
        assertThat(bureau.generator.begun).hasSize(2);
    }

    @Test
    void anEndThatCountsIsReportedAndLeftAlone() {
        bureau.log.put(id, new Started(id, 1, "w0", "p", "local", FACTS));
        bureau.log.put(id, new Finished(id, 1, "w0", 0, 0));
        bureau.take(id, 2);

        assertThat(bureau.generator.begun).isEmpty();
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.END_FOUND);
    }

    @Test
    void aClosedRequestIsLeftAlone() {
        Failure failure = new Failure(504, "server_error", null, "late", null, null);
        bureau.log.put(id, new Closed(id, 7, "router", CloseCause.LIFETIME_EXCEEDED, Outcome.FAILED, failure, FACTS));
        bureau.take(id, 2);

        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.END_FOUND);
    }

    @Test
    void aMarkerThatDoesNotCountIsReportedWithTheAttemptThatDoes() {
        bureau.log.put(id, new TakenOver(id, 5, "w0", "p", "local", FACTS));
        bureau.take(id, 2);

        assertThat(bureau.generator.begun).isEmpty();
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.SUPERSEDED);
        assertThat(bureau.ended().getSeenAttempt()).isEqualTo(5);
    }

    @Test
    void writesTheEndThatIsAllThatIsMissing() {
        bureau.log.put(id, new Started(id, 1, "w0", "p", "local", FACTS));
        bureau.log.put(id, chunk(0, "a", 11));
        bureau.log.put(
                id,
                Chunk.newBuilder(chunk(1, "", 0))
                        .setTokens(0)
                        .setTokenIds(List.of())
                        .setFinishReason("stop")
                        .build());
        bureau.take(id, 2);

        assertThat(bureau.generator.begun).isEmpty();
        assertThat(bureau.log.reader(id).end()).isInstanceOf(Finished.class);
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.FINISHED);
    }

    @Test
    void aVectorThatWasDeliveredIsNoReasonToKeepTheOthersBack() {
        bureau.log.put(id, new Started(id, 1, "w0", "p", "local", FACTS));
        bureau.log.put(
                id,
                Chunk.newBuilder(chunk(0, "", 0))
                        .setTokens(0)
                        .setTokenIds(List.of())
                        .setChoice(1)
                        .setEmbedding(ByteBuffer.allocate(8))
                        .setFinishReason("stop")
                        .build());
        bureau.take(id, 2, RequestKind.EMBEDDING);

        assertThat(bureau.begun().task().delivered()).containsExactly(new Delivered(1, List.of(), "", "stop"));
        bureau.begun().end("stop");
        bureau.settle();
        assertThat(bureau.log.reader(id).end()).isInstanceOf(Finished.class);
        assertThat(bureau.log.reader(id).chunks()).isEqualTo(2);
    }

    @Test
    void aCancelDuringTheReadingEndsItWithWhatWasDelivered() {
        bureau.log.put(id, new Started(id, 1, "w0", "p", "local", FACTS));
        bureau.log.put(id, chunk(0, "a", 11));
        bureau.log.keeps = true;
        bureau.take(id, 2);
        bureau.acknowledge();
        bureau.cancel(id, 2, Outcome.CANCELLED);
        assertThat(bureau.log.reader(id).end()).isNull();
        bureau.acknowledge();

        assertThat(bureau.log.reader(id).end()).isInstanceOf(Failed.class);
        assertThat(bureau.generator.begun).isEmpty();
    }

    private Chunk chunk(int sequence, String text, int token) {
        return Chunk.newBuilder()
                .setRequestId(id)
                .setAttempt(1)
                .setWorker("w0")
                .setSequence(sequence)
                .setText(text)
                .setTokens(1)
                .setTokenIds(List.of(token))
                .build();
    }
}
