package dev.millrace.session.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The messages of one side of a turn as one value: a JSON array of strings. */
final class Messages {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Messages() {}

    static String join(List<String> messages) {
        try {
            return JSON.writeValueAsString(messages);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static Stream<String> split(String joined) {
        try {
            return Arrays.stream(JSON.readValue(joined, String[].class));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not what was stored", e);
        }
    }

    static long bytes(List<String> messages) {
        return messages.stream()
                .mapToLong(message -> message.getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }
}
