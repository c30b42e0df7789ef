package dev.millrace.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.CloseCause;
import dev.millrace.event.DeadLettered;
import dev.millrace.event.WorkerReported;
import dev.millrace.reply.RequestId;
import dev.millrace.reply.RequestIds;
import dev.millrace.topic.RequestHeaders;
import dev.millrace.topic.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be read or placed is put aside, and the rest goes on. */
class RouterDeadLettersTest {

    private DrivenRouter router;

    @BeforeEach
    void start(@TempDir Path directory) {
        router = new DrivenRouter(directory);
    }

    @AfterEach
    void stop() {
        router.close();
    }

    @Test
    void garbageGoesToTheDeadLettersItsRequestIsClosedAndTheRestGoesOn() {
        RequestId id = router.make.id(router.now.toEpochMilli());
        RecordHeaders headers = new RecordHeaders();
        RequestHeaders.put(headers, RequestHeaders.REQUEST_ID, id.toString());
        RequestHeaders.put(headers, RequestHeaders.TENANT, "acme");
        router.input(Topics.REQUESTS.name())
                .pipeInput(new TestRecord<>(
                        DrivenRouter.bytes(Requests.MODEL),
                        DrivenRouter.bytes("{\"no\":\"event\"}"),
                        headers,
                        router.now));
        for (String topic : List.of(Topics.REQUESTS.name(), Topics.WORKERS.name(), Topics.USAGE.name())) {
            router.input(topic)
                    .pipeInput(DrivenRouter.bytes(Requests.MODEL), DrivenRouter.bytes("garbage"), router.now);
        }

        List<SpecificRecord> letters = router.read(Topics.DEAD_LETTERS.name());
        assertThat(letters).hasSize(4);
        DeadLettered first = (DeadLettered) letters.get(0);
        assertThat(first.getTopic()).isEqualTo(Topics.REQUESTS.name());
        assertThat(first.getOffset()).isZero();
        assertThat(first.getCause()).isEqualTo("NO_EVENT");
        assertThat(first.getRequestId()).isEqualTo(id.toString());
        assertThat(letters.stream().map(letter -> ((DeadLettered) letter).getTopic()))
                .contains(Topics.WORKERS.name(), Topics.USAGE.name());
        assertThat(router.closed()).satisfies(end -> {
            assertThat(end.getRequestId()).isEqualTo(id.toString());
            assertThat(end.getCause()).isEqualTo(CloseCause.UNREADABLE);
            assertThat(end.getFailure().getStatus()).isEqualTo(500);
            assertThat(end.getFacts().getTenant()).isEqualTo("acme");
        });
        router.send(Topics.USAGE.name(), id.toString(), DrivenRouter.usage(id));
        router.assertServesARequest();
    }

    @Test
    void aRequestThatCannotBeAnsweredIsPutAside() {
        router.announce();
        RequestId nowhere = new RequestIds("only for tests, and nothing else", new Random(1))
                .mint(router.now.toEpochMilli(), Topics.REPLIES.partitions(), 0);
        router.send(Topics.REQUESTS.name(), Requests.MODEL, Requests.request(nowhere));
        RecordHeaders headers = new RecordHeaders();
        RequestHeaders.put(headers, RequestHeaders.REQUEST_ID, nowhere.toString());
        router.input(Topics.REQUESTS.name())
                .pipeInput(new TestRecord<>(
                        DrivenRouter.bytes(Requests.MODEL), DrivenRouter.bytes("garbage"), headers, router.now));

        assertThat(router.read(Topics.DEAD_LETTERS.name()))
                .extracting(letter -> ((DeadLettered) letter).getCause())
                .containsExactly("BAD_ID", "NO_EVENT");
        assertThat(router.read(Topics.REPLIES.name())).isEmpty();
        assertThat(router.stored(RouterTopology.ENTRIES)).isZero();
    }

    @Test
    void aWorkerThatNothingCanBeSentToIsPutAside() {
        router.announce();
        for (WorkerReported.Builder report : List.of(
                Requests.report("w1", 1, 2).setPool("../no pool"),
                Requests.report("w1", 2, 2).setPartitions(List.of(-1)),
                Requests.report("w1", 3, 2)
                        .setPartitions(List.of(Topics.work(Requests.POOL).partitions())))) {
            router.send(Topics.WORKERS.name(), Requests.MODEL, report.build());
        }
        assertThat(router.read(Topics.DEAD_LETTERS.name()))
                .extracting(letter -> ((DeadLettered) letter).getCause())
                .containsExactly("MISPLACED", "MISPLACED", "MISPLACED");

        router.assertServesARequest();
    }
}
