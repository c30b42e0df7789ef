package dev.millrace.gpu.generate.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.event.Capability;
import dev.millrace.gpu.generate.Generation;
import dev.millrace.gpu.generate.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EchoGeneratorTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final AtomicInteger crashes = new AtomicInteger();
    private final EchoGenerator echo =
            new EchoGenerator("echo", new EchoConfig(3, 0, 1 << 20), true, crashes::incrementAndGet);

    private static ConditionFactory soon() {
        return await().atMost(LONG);
    }

    @AfterEach
    void close() {
        echo.close();
    }

    @Test
    void runsManyStreamsAndFreesTheirSlots() {
        List<Heard> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(start("a b c", Map.of("echo.token_millis", "1")));
        }
        for (Heard heard : all) {
            soon().untilAsserted(() -> assertThat(heard.ends()).containsExactly("finished"));
            assertThat(heard.text(0)).isEqualTo("a b c");
        }
        soon().untilAsserted(() -> assertThat(echo.load().freeSlots()).isEqualTo(3));
        assertThat(echo.load().tokenBacklog()).isZero();
    }

    @Test
    void failsAsAsked() {
        Heard before = start("a b c d", Map.of("echo.fail", "before_first_token"));
        soon().untilAsserted(() -> assertThat(before.ends()).containsExactly("failed"));
        assertThat(before.pieces()).isEmpty();
        assertThat(Objects.requireNonNull(before.failure()).getStatus()).isEqualTo(500);

        Heard after = start("a b c d", Map.of("echo.fail", "after_3_tokens"));
        soon().untilAsserted(() -> assertThat(after.ends()).containsExactly("failed"));
        assertThat(after.text(0)).isEqualTo("a b c ");

        start("a", Map.of("echo.fail", "crash"));
        soon().until(() -> crashes.get() == 1);
    }

    @Test
    void hangsUntilItIsCancelled() {
        Heard heard = new Heard();
        Generation hanging = echo.start(
                new Task(Requests.saying("a", Map.of("echo.fail", "hang"), sampling -> sampling), List.of()), heard);
        Heard next = start("b", Map.of());
        soon().untilAsserted(() -> assertThat(next.ends()).containsExactly("finished"));

        assertThat(heard.pieces()).isEmpty();
        assertThat(heard.ends()).isEmpty();
        hanging.cancel();
        soon().untilAsserted(() -> assertThat(echo.load().freeSlots()).isEqualTo(3));
    }

    @Test
    void sparesAStreamWhoseSinkIsBehind() {
        Heard heard = new Heard();
        heard.behind = true;
        echo.start(new Task(Requests.saying("a b"), List.of()), heard);
        Heard other = start("c", Map.of("echo.token_millis", "30"));
        soon().untilAsserted(() -> assertThat(other.ends()).containsExactly("finished"));

        assertThat(heard.pieces()).isEmpty();
        heard.behind = false;
        soon().untilAsserted(() -> assertThat(heard.ends()).containsExactly("finished"));
    }

    @Test
    void aRefusalGoesToTheSinkAndTakesNoRoom() {
        Heard heard = start("a", Map.of("echo.fail", "unheard of"));

        assertThat(Objects.requireNonNull(heard.failure()).getStatus()).isEqualTo(400);
        assertThat(echo.load().freeSlots()).isEqualTo(3);
    }

    @Test
    void nobodyWaitsUntilTheWordsOfALargePromptAreCounted() {
        try (EchoGenerator narrow = new EchoGenerator("echo", new EchoConfig(3, 0, 1000), true, () -> {})) {
            Heard heard = new Heard();
            narrow.start(new Task(Requests.saying("a ".repeat(100_000)), List.of()), heard);
            soon().untilAsserted(() -> assertThat(heard.ends()).containsExactly("failed"));

            assertThat(Objects.requireNonNull(heard.failure()).getCode()).isEqualTo("context_length_exceeded");
            assertThat(heard.failedOn()).isNotEqualTo(Thread.currentThread());
            assertThat(narrow.load().freeSlots()).isEqualTo(3);
        }
    }

    @Test
    void saysWhetherItFailsOnRequest() {
        assertThat(echo.profile().capabilities())
                .containsExactlyInAnyOrder(Capability.CHAT, Capability.CHOICES, Capability.FAULTS);
        try (EchoGenerator earnest = new EchoGenerator("echo", new EchoConfig(3, 0, 100), false, () -> {})) {
            assertThat(earnest.profile().capabilities()).doesNotContain(Capability.FAULTS);
        }
    }

    private Heard start(String text, Map<String, String> metadata) {
        Heard heard = new Heard();
        echo.start(new Task(Requests.saying(text, metadata, sampling -> sampling), List.of()), heard);
        return heard;
    }
}
