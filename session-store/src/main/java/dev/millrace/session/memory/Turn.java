package dev.millrace.session.memory;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A turn of a conversation; without an answer it has not ended. */
record Turn(
        String requestId, List<String> messages, @Nullable List<String> answer) {

    Turn {
        messages = List.copyOf(messages);
        answer = answer == null ? null : List.copyOf(answer);
    }

    boolean hasEnded() {
        return answer != null;
    }

    Turn answered(List<String> answer) {
        return new Turn(requestId, messages, answer);
    }

    int count() {
        return messages.size() + (answer == null ? 0 : answer.size());
    }

    long bytes() {
        return bytes(messages) + (answer == null ? 0 : bytes(answer));
    }

    static long bytes(List<String> messages) {
        return messages.stream()
                .mapToLong(message -> message.getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }
}
