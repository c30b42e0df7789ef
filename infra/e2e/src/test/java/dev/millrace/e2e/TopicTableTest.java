package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.Checkout;
import dev.millrace.topic.Topic;
import dev.millrace.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of the README tells what the catalogue says. */
class TopicTableTest {

    private static final String A_POOL = "a-pool";

    @Test
    void theReadmeTellsAllTopics() throws IOException {
        List<String> told = Files.readAllLines(Checkout.find().module("README.md")).stream()
                .filter(line -> line.startsWith("| `millrace."))
                .map(line -> line.substring(0, line.lastIndexOf('|', line.length() - 2)))
                .toList();

        assertThat(told)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Topics.FIXED.stream(), Stream.of(Topics.work(A_POOL)))
                                .map(TopicTableTest::row)
                                .toList());
    }

    /** All but the last column, which the catalogue does not know. */
    private static String row(Topic topic) {
        String events = topic.events().stream().map(Class::getSimpleName).collect(Collectors.joining(", "));
        return "| `%s` | %s | %s%s "
                .formatted(
                        topic.name().replace(A_POOL, "<pool>"),
                        topic.key(),
                        events,
                        topic.retention() == null ? " (compacted)" : "");
    }
}
