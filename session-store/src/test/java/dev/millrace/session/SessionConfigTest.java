package dev.millrace.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.session.memory.MemorySessionStore;
import io.micronaut.context.ApplicationContext;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionConfigTest {

    @Test
    void defaults() {
        try (ApplicationContext context = ApplicationContext.run()) {
            assertThat(context.getBean(SessionConfig.class))
                    .isEqualTo(new SessionConfig(
                            SessionConfig.REDIS, 3_600_000, 30_000, 5_000, 16, 1000, 2 << 20, 10_000));
            assertThat(context.getBean(RedisConfig.class))
                    .isEqualTo(new RedisConfig(URI.create("redis://localhost:6379"), 1000, 16));
            assertThat(context.getBean(SessionStore.class).getClass().getSimpleName())
                    .as("Redis may be away at the start")
                    .isEqualTo("RedisSessionStore");
        }
    }

    @Test
    void everyKeyIsRead() {
        Map<String, Object> settings = Map.ofEntries(
                Map.entry("millrace.session.store", "memory"),
                Map.entry("millrace.session.ttl-millis", 1),
                Map.entry("millrace.session.lease-millis", 2),
                Map.entry("millrace.session.waiter-millis", 3),
                Map.entry("millrace.session.max-waiting", 4),
                Map.entry("millrace.session.max-messages", 5),
                Map.entry("millrace.session.max-bytes", 6),
                Map.entry("millrace.session.max-sessions", 7),
                Map.entry("millrace.redis.uri", "rediss://u:p@r:1/2"),
                Map.entry("millrace.redis.timeout-millis", 8),
                Map.entry("millrace.redis.connections", 9));
        try (ApplicationContext context = ApplicationContext.builder(settings)
                .singletons(Clock.systemUTC())
                .start()) {
            assertThat(context.getBean(SessionConfig.class))
                    .isEqualTo(new SessionConfig(SessionConfig.MEMORY, 1, 2, 3, 4, 5, 6, 7));
            assertThat(context.getBean(RedisConfig.class))
                    .isEqualTo(new RedisConfig(URI.create("rediss://u:p@r:1/2"), 8, 9))
                    .hasToString("rediss://r:1");
            assertThat(context.getBean(SessionStore.class)).isInstanceOf(MemorySessionStore.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "millrace.session.ttl-millis=0",
                "millrace.session.lease-millis=0",
                "millrace.session.waiter-millis=-1",
                "millrace.session.max-waiting=0",
                "millrace.session.max-messages=0",
                "millrace.session.max-bytes=0",
                "millrace.session.max-sessions=0",
                "millrace.session.store=disk",
            })
    void settingsOfSessionsThatCannotBeAreRefused(String setting) {
        assertRefused(setting, SessionConfig.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "millrace.redis.uri=http://x:1",
                "millrace.redis.uri=redis://host/first",
                "millrace.redis.uri=redis://host/1/2",
                "millrace.redis.uri=redis",
                "millrace.redis.timeout-millis=0",
                "millrace.redis.connections=0",
            })
    void settingsOfRedisThatCannotBeAreRefused(String setting) {
        assertRefused(setting, RedisConfig.class);
    }

    @Test
    void redisHasAPortWhereNoneIsNamed() {
        RedisConfig unnamed = new RedisConfig(URI.create("redis://u:p@r/2"), 8, 9);

        assertThat(unnamed.port()).isEqualTo(6379);
        assertThat(unnamed).hasToString("redis://r:6379");
        assertThat(new RedisConfig(URI.create("rediss://r:1"), 8, 9).port()).isEqualTo(1);
    }

    private static void assertRefused(String setting, Class<?> config) {
        String[] parts = setting.split("=", 2);
        try (ApplicationContext context = ApplicationContext.run(Map.of(parts[0], parts[1]))) {
            assertThatThrownBy(() -> context.getBean(config)).hasStackTraceContaining("millrace.");
        }
    }
}
