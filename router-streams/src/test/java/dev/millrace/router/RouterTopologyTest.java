package dev.millrace.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.CloseCause;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RouterTicked;
import dev.millrace.event.RoutingRule;
import dev.millrace.event.RoutingRules;
import dev.millrace.event.WorkAssigned;
import dev.millrace.reply.RequestId;
import dev.millrace.topic.RequestHeaders;
import dev.millrace.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes in and what goes out for it, with the topology as it runs. */
class RouterTopologyTest {

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
    void aRequestGoesToItsWorkerAndIsForgottenWhenItIsSettled() {
        router.assertServesARequest();
    }

    @Test
    void aRequestWhoseEntryAloneOutlivedACrashIsWholeAgainWhenItIsReadAgain() {
        router.announce();
        InferenceRequested request = Requests.request(router.make.id(router.now.toEpochMilli()));
        router.send(Topics.REQUESTS.name(), Requests.MODEL, request);
        router.driver.<String, byte[]>getKeyValueStore(RouterTopology.BODIES).delete(request.getRequestId());
        router.read(Topics.REPLIES.name());

        router.send(Topics.REQUESTS.name(), Requests.MODEL, request);
        router.report(1);

        assertThat(router.read(Topics.work(Requests.POOL).name()))
                .singleElement()
                .isInstanceOfSatisfying(WorkAssigned.class, assigned -> assertThat(assigned.getRequest())
                        .isEqualTo(request));
        assertThat(router.read(Topics.REPLIES.name())).as("accepted once").isEmpty();
    }

    @Test
    void aBodyThatAloneOutlivedACrashGoesWhenTheEndIsReadAgain() {
        RequestId id = router.make.id(router.now.toEpochMilli());
        router.send(Topics.USAGE.name(), id.toString(), DrivenRouter.usage(id));
        router.driver
                .<String, byte[]>getKeyValueStore(RouterTopology.BODIES)
                .put(id.toString(), router.codec.encode(Requests.request(id)));

        router.send(Topics.USAGE.name(), id.toString(), DrivenRouter.usage(id));

        assertThat(router.stored(RouterTopology.BODIES)).isZero();
    }

    @Test
    void itTicksOnlyWhileThereIsSomethingToJudgeAndSlowlyWhileNobodyWaits() {
        assertThat(router.ticksOf(12)).isEmpty();
        router.report(1);
        assertThat(router.ticksOf(12)).hasSize(4).allMatch(RouterTicked.class::isInstance);
        router.send(
                Topics.REQUESTS.name(), Requests.MODEL, Requests.request(router.make.id(router.now.toEpochMilli())));
        assertThat(router.ticksOf(12)).hasSize(12);
    }

    @Test
    void aModelNobodyKnowsIsA404AndOneWithoutWorkersA503() {
        RequestId unknown = router.make.id(router.now.toEpochMilli());
        router.send(Topics.REQUESTS.name(), Requests.MODEL, Requests.request(unknown));
        router.tickFor(Duration.ofSeconds(4));
        assertThat(router.closed()).satisfies(end -> {
            assertThat(end.getCause()).isEqualTo(CloseCause.UNKNOWN_MODEL);
            assertThat(end.getFailure().getStatus()).isEqualTo(404);
            assertThat(end.getFailure().getCode()).isEqualTo("model_not_found");
            assertThat(end.getAttempt()).isEqualTo(1);
        });
        router.send(Topics.USAGE.name(), unknown.toString(), DrivenRouter.usage(unknown));

        router.announce();
        router.send(
                Topics.REQUESTS.name(), Requests.MODEL, Requests.request(router.make.id(router.now.toEpochMilli())));
        router.read(Topics.REPLIES.name());
        router.tickFor(Duration.ofSeconds(32));
        assertThat(router.closed()).satisfies(end -> {
            assertThat(end.getCause()).isEqualTo(CloseCause.NO_WORKER);
            assertThat(end.getFailure().getStatus()).isEqualTo(503);
            assertThat(end.getFailure().getRetryAfterMillis()).isPositive();
        });
    }

    @Test
    void rulesAreInForceAtTheNextTick() {
        router.announce();
        router.report(1);
        router.send(
                Topics.RULES.name(),
                Requests.MODEL,
                RoutingRules.newBuilder()
                        .setModel(Requests.MODEL)
                        .setVersion(1)
                        .setRules(List.of(RoutingRule.newBuilder()
                                .setPool(Requests.POOL)
                                .setEnabled(false)
                                .build()))
                        .build());
        router.tickFor(Duration.ofMillis(250));
        router.send(
                Topics.REQUESTS.name(), Requests.MODEL, Requests.request(router.make.id(router.now.toEpochMilli())));
        assertThat(router.read(Topics.work(Requests.POOL).name())).isEmpty();
        router.driver
                .createInputTopic(Topics.RULES.name(), new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(DrivenRouter.bytes(Requests.MODEL), null, router.now);
        router.tickFor(Duration.ofMillis(250));
        assertThat(router.read(Topics.work(Requests.POOL).name())).hasSize(1);
    }

    @Test
    void repliesGoIntoThePartitionThatTheIdNames() {
        router.announce();
        RequestId id = router.make.id(router.now.toEpochMilli());
        router.send(Topics.REQUESTS.name(), Requests.MODEL, Requests.request(id));
        TestRecord<byte[], byte[]> reply = router.output(Topics.REPLIES.name()).readRecord();
        assertThat(reply.key()).isEqualTo(DrivenRouter.bytes(id.toString()));
        assertThat(RequestHeaders.get(reply.headers(), RequestHeaders.REPLY_PARTITION))
                .contains(Integer.toString(id.replyPartition()));
    }
}
