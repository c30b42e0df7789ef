package dev.millrace.ingress.reply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.Chunk;
import dev.millrace.event.CloseCause;
import dev.millrace.event.Closed;
import dev.millrace.event.Failure;
import dev.millrace.event.Outcome;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.TakenOver;
import dev.millrace.ingress.reply.FakeReplyLog.Replies;
import dev.millrace.reply.RequestId;
import dev.millrace.reply.RequestIds;
import dev.millrace.topic.AvroLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

class ExchangeTest {

    private static final RequestId ID =
            new RequestIds("only for tests, and for nothing else", new Random(1)).mint(5000, 3, 0);
    private static final String TEXT_ID = ID.toString();
    private static final Face FACE = new Face("chatcmpl-x", 5, "echo", "fp", "default", false, false);

    private final List<Exchange.Ending> endings = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private CompletableFuture<Void> followed = CompletableFuture.completedFuture(null);
    private boolean delivered;
    private Exchange exchange = stream(1000, 100_000);
    private long offset = 100;

    private final class Witness implements Exchange.Observer {
        @Override
        public void chunk(Exchange from, Chunk chunk) {}

        @Override
        public CompletionStage<Void> ended(Exchange from, Exchange.Ending ending) {
            endings.add(ending);
            return followed;
        }

        @Override
        public void lagging(Exchange from) {
            told.add("lagging");
        }

        @Override
        public void room(Exchange from) {
            told.add("room");
        }
    }

    /** A client that takes only as much as it is allowed to. */
    private static final class Client extends BaseSubscriber<byte[]> {
        final StringBuilder got = new StringBuilder();
        boolean completed;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(byte[] event) {
            got.append(new String(event, StandardCharsets.UTF_8));
        }

        @Override
        protected void hookOnComplete() {
            completed = true;
        }

        String texts() {
            StringBuilder texts = new StringBuilder();
            for (String event : got.toString().split("\n\n")) {
                int at = event.indexOf("\"delta\":{\"content\":\"");
                if (at >= 0) {
                    texts.append(event, at + 20, event.indexOf('"', at + 20));
                }
            }
            return texts.toString();
        }
    }

    @BeforeEach
    void trust() {
        AvroLimits.set();
    }

    private Exchange stream(int maxEvents, int maxBytes) {
        ReplyConfig config = new ReplyConfig("", 2, 10_000, 5_000, maxEvents, maxBytes, 5000, 500);
        return new Exchange(
                ID,
                onRoom -> new StreamedDelivery(
                        new ChunkEvents(FACE), config, Runnable::run, 0, onRoom, () -> delivered = true),
                new Witness(),
                false);
    }

    private void say(SpecificRecord event) {
        exchange.reply(event, offset++);
    }

    private static Chunk chunk(int sequence) {
        return Replies.chunk(TEXT_ID, sequence, sequence + ";");
    }

    private Client client() {
        Client client = new Client();
        Reply reply = exchange.reply().toCompletableFuture().join();
        ((Reply.Streaming) reply).events().subscribe(client);
        return client;
    }

    @Test
    void onlyWhatCountsIsHandedOn() {
        say(chunk(0));
        assertThat(exchange.reply().toCompletableFuture()).isNotDone();
        say(Replies.started(TEXT_ID, 1, "w1"));
        say(chunk(0));
        say(chunk(0));
        say(chunk(2));
        say(chunk(1));
        say(new TakenOver(TEXT_ID, 2, "w2", "p", "local", new RequestFacts()));
        say(chunk(2));
        say(Chunk.newBuilder(chunk(2)).setAttempt(2).setWorker("w2").build());
        say(Replies.finished(TEXT_ID, 3, 3));
        assertThat(endings).isEmpty();
        say(new dev.millrace.event.Finished(TEXT_ID, 2, "w2", 3, 3));

        Client client = client();
        client.request(100);
        assertThat(client.texts()).isEqualTo("0;1;2;");
        assertThat(client.completed).isTrue();
        assertThat(delivered).isTrue();
        assertThat(endings).singleElement().satisfies(ending -> assertThat(ending.failure())
                .isNull());
    }

    @Test
    void everyChoiceBeginsWithItsRole() {
        say(Replies.started(TEXT_ID, 1, "w1"));
        for (int i = 0; i < 4; i++) {
            say(Chunk.newBuilder(chunk(i)).setChoice(i % 2).build());
        }
        Client client = client();
        client.request(100);
        assertThat(client.got.toString().split("\"role\":\"assistant\"", -1)).hasSize(3);
        assertThat(client.got).contains("{\"index\":1,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}");
    }

    @Test
    void theLastWordWaitsForWhatFollowsFromTheEndAndNothingElseDoes() {
        followed = new CompletableFuture<>();
        say(Replies.started(TEXT_ID, 1, "w1"));
        say(chunk(0));
        say(Replies.finished(TEXT_ID, 1, 1));
        Client client = client();
        client.request(100);
        assertThat(client.texts()).isEqualTo("0;");
        assertThat(endings).hasSize(1);
        assertThat(client.got).doesNotContain("[DONE]");
        followed.completeExceptionally(new IllegalStateException("what follows was not done"));
        assertThat(client.got).endsWith("data: [DONE]\n\n");
        assertThat(client.completed).isTrue();
    }

    @Test
    void closedIsAnEndLikeAnyOther() {
        Failure failure = new Failure(504, "server_error", "deadline_exceeded", "Late.", null, null);
        say(new Closed(TEXT_ID, 1, "router", CloseCause.QUEUE_DEADLINE, Outcome.FAILED, failure, new RequestFacts()));
        assertThat(exchange.reply().toCompletableFuture().join()).isEqualTo(new Reply.Failing(failure));
        assertThat(endings).singleElement().satisfies(ending -> assertThat(ending.ownWord())
                .isFalse());
    }

    @Test
    void aSlowClientIsLetGoAndCaughtUpFromTheLogWithoutAGapOrARepeat() {
        exchange = stream(4, 100_000);
        List<SpecificRecord> log = new ArrayList<>();
        log.add(Replies.started(TEXT_ID, 1, "w1"));
        for (int i = 0; i < 50; i++) {
            log.add(chunk(i));
        }
        log.add(Replies.end(TEXT_ID, 50, "stop"));
        log.add(Replies.finished(TEXT_ID, 51, 50));
        for (int at = 0; at < 30; at++) {
            exchange.reply(log.get(at), at);
        }
        assertThat(told).containsExactly("lagging");
        Client client = client();
        Random random = new Random(7);
        int live = 30;
        for (int turn = 0; turn < 1000 && !client.completed; turn++) {
            client.request(1 + random.nextInt(3));
            if (live < log.size() && random.nextBoolean()) {
                exchange.reply(log.get(live), live++);
            }
            if (exchange.wantsCatchUp() && random.nextBoolean()) {
                long from = exchange.nextOffset();
                while (from < live && exchange.catchUp(log.get((int) from), from)) {
                    from++;
                }
            }
        }
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            expected.append(i).append(';');
        }
        assertThat(client.texts()).isEqualTo(expected.toString());
        assertThat(client.completed).isTrue();
        assertThat(told).contains("room");
        assertThat(endings).hasSize(1);
    }

    @Test
    void bytesAreBoundedToo() {
        exchange = stream(1000, 600);
        say(Replies.started(TEXT_ID, 1, "w1"));
        for (int i = 0; i < 10; i++) {
            say(chunk(i));
        }
        assertThat(exchange.wantsCatchUp()).isTrue();
        assertThat(exchange.nextOffset()).isLessThan(105);
    }

    @Test
    void silenceOpensTheStreamAndThenIsFilledWithComments() {
        exchange.tick(TimeUnit.SECONDS.toNanos(9));
        assertThat(exchange.reply().toCompletableFuture()).isNotDone();
        exchange.tick(TimeUnit.SECONDS.toNanos(10));
        Client client = client();
        client.request(100);
        assertThat(client.got.toString()).isEqualTo(": keep-alive\n\n");
        exchange.tick(TimeUnit.SECONDS.toNanos(14));
        assertThat(client.got.toString()).isEqualTo(": keep-alive\n\n");
        exchange.tick(TimeUnit.SECONDS.toNanos(15));
        assertThat(client.got.toString()).isEqualTo(": keep-alive\n\n: keep-alive\n\n");
        Failure failure = new Failure(500, "server_error", null, "Broken.", null, null);
        say(Replies.started(TEXT_ID, 1, "w1"));
        say(Replies.failed(TEXT_ID, 0, 0, failure));
        assertThat(client.got.toString())
                .endsWith("data: {\"error\":{\"message\":\"Broken.\",\"type\":\"server_error\",\"param\":null,"
                        + "\"code\":null}}\n\ndata: [DONE]\n\n");
        assertThat(client.completed).isTrue();
    }

    @Test
    void whoLeavesEndsItOnceAndHearsNothingMore() {
        say(Replies.started(TEXT_ID, 1, "w1"));
        say(chunk(0));
        Client client = client();
        client.request(1);
        exchange.gone();
        exchange.gone();
        say(chunk(1));
        exchange.giveUp(new Failure(504, "x", null, "x", null, null), "late");
        assertThat(endings).singleElement().satisfies(ending -> {
            assertThat(ending.ownWord()).isTrue();
            assertThat(ending.cause()).isEqualTo("client_left");
        });
    }

    @Test
    void anUnknownOutcomeOfPublishingIsNoneWhereAReplyWasSeen() {
        Failure failure = new Failure(503, "server_error", null, "x", null, null);
        say(Replies.started(TEXT_ID, 1, "w1"));
        exchange.publishingFailed(failure, false);
        assertThat(endings).isEmpty();

        exchange = stream(10, 10_000);
        exchange.publishingFailed(failure, false);
        assertThat(endings).singleElement().satisfies(ending -> assertThat(ending.ownWord())
                .isTrue());
    }
}
