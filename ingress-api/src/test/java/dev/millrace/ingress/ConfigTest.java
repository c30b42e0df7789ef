package dev.millrace.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ingress.identity.IdentityConfig;
import dev.millrace.ingress.limit.DrainConfig;
import dev.millrace.ingress.limit.LimitConfig;
import dev.millrace.ingress.reply.ReplyConfig;
import dev.millrace.ingress.request.RequestConfig;
import dev.millrace.ingress.session.TurnConfig;
import io.micronaut.context.ApplicationContext;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {

    private static final String SECRET = "only for tests, and for nothing else";

    private static <T> T read(Class<T> type, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.putIfAbsent("millrace.request.id-secret", SECRET);
        all.put("millrace.session.store", "memory");
        try (ApplicationContext context = ApplicationContext.run(all)) {
            return context.getBean(type);
        }
    }

    @Test
    void whatIsNotSaidIsThis() {
        assertThat(read(LimitConfig.class, Map.of()))
                .isEqualTo(new LimitConfig(2000, 128L << 20, 16 << 20, 192L << 20, 4096, 2048, 128, 128, 64, 10 << 20));
        assertThat(read(RequestConfig.class, Map.of()))
                .isEqualTo(new RequestConfig(SECRET, 300_000, 600_000, 86_400_000, 30_000, 900_000));
        assertThat(read(ReplyConfig.class, Map.of()))
                .isEqualTo(new ReplyConfig("", 2, 10_000, 10_000, 256, 256 << 10, 5000, 500));
        assertThat(read(TurnConfig.class, Map.of())).isEqualTo(new TurnConfig(60_000, 100));
        assertThat(read(DrainConfig.class, Map.of())).isEqualTo(new DrainConfig(20_000));
        assertThat(read(IdentityConfig.class, Map.of())).isEqualTo(new IdentityConfig(""));
    }

    @Test
    void whatIsSaidIsRead() {
        assertThat(read(
                        LimitConfig.class,
                        Map.of(
                                "millrace.limit.max-in-flight", 1,
                                "millrace.limit.max-body-bytes-in-flight", 2,
                                "millrace.limit.max-bytes-read-at-once", 10,
                                "millrace.limit.max-answer-bytes-in-flight", 3,
                                "millrace.limit.max-messages", 4,
                                "millrace.limit.max-inputs", 5,
                                "millrace.limit.max-prompts", 6,
                                "millrace.limit.max-tools", 7,
                                "millrace.limit.max-nesting", 8,
                                "millrace.limit.max-prompt-chars", 9)))
                .isEqualTo(new LimitConfig(1, 2, 10, 3, 4, 5, 6, 7, 8, 9));
        assertThat(read(
                        ReplyConfig.class,
                        Map.of(
                                "millrace.reply.instance", "a",
                                "millrace.reply.own-partitions", 1,
                                "millrace.reply.head-wait-millis", 2,
                                "millrace.reply.keep-alive-millis", 3,
                                "millrace.reply.max-queued-events", 4,
                                "millrace.reply.max-queued-bytes", 5,
                                "millrace.reply.end-grace-millis", 6,
                                "millrace.reply.last-word-millis", 7)))
                .isEqualTo(new ReplyConfig("a", 1, 2, 3, 4, 5, 6, 7));
        assertThat(read(
                        RequestConfig.class,
                        Map.of(
                                "millrace.request.queue-millis", 1,
                                "millrace.request.background-queue-millis", 2,
                                "millrace.request.batch-queue-millis", 3,
                                "millrace.request.first-token-millis", 4,
                                "millrace.request.lifetime-millis", 5)))
                .isEqualTo(new RequestConfig(SECRET, 1, 2, 3, 4, 5));
    }

    @ParameterizedTest
    @CsvSource({
        "millrace.limit.max-in-flight, 0",
        "millrace.limit.max-nesting, -1",
        "millrace.reply.own-partitions, 0",
        "millrace.reply.max-queued-bytes, 0",
        "millrace.request.id-secret, short",
        "millrace.request.queue-millis, 0",
        "millrace.request.lifetime-millis, 999999999999",
        "millrace.identity.development-key, not-a-key-of-ours",
        "millrace.turn.ask-millis, 60001",
        "millrace.drain.grace-millis, -1",
        "millrace.billing.url, nowhere",
        "millrace.billing.timeout-millis, 0"
    })
    void whatMakesNoSenseIsRefusedByName(String key, String value) {
        assertThatThrownBy(() -> {
                    Map<String, Object> settings = Map.of(key, value);
                    read(LimitConfig.class, settings);
                    read(ReplyConfig.class, settings);
                    read(RequestConfig.class, settings);
                    read(IdentityConfig.class, settings);
                    read(TurnConfig.class, settings);
                    read(DrainConfig.class, settings);
                    read(Class.forName("dev.millrace.ingress.http.BillingConfig"), settings);
                })
                .hasStackTraceContaining(key);
    }

    @Test
    void secretsAreNotShown() {
        assertThat(new RequestConfig(SECRET, 1, 1, 1, 1, 1).toString()).doesNotContain(SECRET);
    }
}
