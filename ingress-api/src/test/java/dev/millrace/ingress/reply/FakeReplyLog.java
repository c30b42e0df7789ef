package dev.millrace.ingress.reply;

import dev.millrace.event.Chunk;
import dev.millrace.event.Failed;
import dev.millrace.event.Failure;
import dev.millrace.event.Finished;
import dev.millrace.event.Outcome;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.Started;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Replaces;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;

/** A reply log that a test writes by hand. */
@Context
@Replaces(KafkaReplyLog.class)
public final class FakeReplyLog implements ReplyLog {

    public final Map<String, Listener> listeners = new ConcurrentHashMap<>();
    private final AtomicLong offset = new AtomicLong(1000);
    public volatile boolean away;

    @Override
    public Optional<Place> place() {
        return away ? Optional.empty() : Optional.of(new Place(3, offset.get()));
    }

    @Override
    public void follow(String requestId, Listener listener) {
        listeners.put(requestId, listener);
    }

    @Override
    public void leave(String requestId) {
        listeners.remove(requestId);
    }

    public void say(String requestId, SpecificRecord event) {
        Listener listener = listeners.get(requestId);
        if (listener != null) {
            listener.reply(event, offset.getAndIncrement());
        }
    }

    public void started(String id) {
        say(id, Replies.started(id, 1, "w1"));
    }

    /** Each text is a chunk of one token, and the last chunk has the reason and no text. */
    public void answer(String id, String... texts) {
        started(id);
        for (int i = 0; i < texts.length; i++) {
            say(id, Replies.chunk(id, i, texts[i]));
        }
        say(id, Replies.end(id, texts.length, "stop"));
        say(id, Replies.finished(id, texts.length + 1, texts.length));
    }

    /** Events of a first attempt by one worker. */
    public static final class Replies {

        private Replies() {}

        public static Started started(String id, int attempt, String worker) {
            RequestFacts facts = RequestFacts.newBuilder().setModel("echo").build();
            return new Started(id, attempt, worker, "echo", "local", facts);
        }

        public static Chunk.Builder chunk(String id, int sequence) {
            return Chunk.newBuilder()
                    .setRequestId(id)
                    .setAttempt(1)
                    .setWorker("w1")
                    .setSequence(sequence)
                    .setPromptTokens(sequence == 0 ? 5 : null)
                    .setCachedTokens(sequence == 0 ? 2 : null);
        }

        public static Chunk chunk(String id, int sequence, String text) {
            return chunk(id, sequence)
                    .setText(text)
                    .setTokens(1)
                    .setTokenIds(List.of(sequence))
                    .build();
        }

        public static Chunk end(String id, int sequence, String reason) {
            return chunk(id, sequence).setFinishReason(reason).build();
        }

        public static Finished finished(String id, int chunks, int tokens) {
            return new Finished(id, 1, "w1", chunks, tokens);
        }

        public static Failed failed(String id, int chunks, int tokens, Failure failure) {
            return new Failed(id, 1, "w1", chunks, tokens, Outcome.FAILED, failure);
        }
    }
}
