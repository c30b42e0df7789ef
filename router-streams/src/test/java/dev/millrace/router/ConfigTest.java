package dev.millrace.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.router.schedule.QueueConfig;
import dev.millrace.router.schedule.SchedulerConfig;
import dev.millrace.router.settle.SettlerConfig;
import io.micronaut.context.ApplicationContext;
import io.micronaut.core.naming.NameUtils;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {

    private static final Map<Class<? extends Record>, String> PREFIXES = Map.of(
            RouterConfig.class, "millrace.router.",
            SchedulerConfig.class, "millrace.scheduler.",
            QueueConfig.class, "millrace.queue.",
            SettlerConfig.class, "millrace.settler.");

    @Test
    void nothingConfiguredGivesTheDefaults() {
        try (ApplicationContext context = ApplicationContext.run()) {
            assertThat(context.getBean(RouterConfig.class)).isEqualTo(RouterConfig.DEFAULT);
            assertThat(context.getBean(SchedulerConfig.class)).isEqualTo(SchedulerConfig.DEFAULT);
            assertThat(context.getBean(QueueConfig.class)).isEqualTo(QueueConfig.DEFAULT);
            assertThat(context.getBean(SettlerConfig.class)).isEqualTo(SettlerConfig.DEFAULT);
            assertThat(context.getBean(DataConfig.class)).isEqualTo(new DataConfig(""));
        }
    }

    @Test
    void everyKeyIsMapped() throws ReflectiveOperationException {
        for (Map.Entry<Class<? extends Record>, String> concern : PREFIXES.entrySet()) {
            Map<String, Object> keys = new LinkedHashMap<>();
            long value = 10_000;
            for (RecordComponent component : concern.getKey().getRecordComponents()) {
                keys.put(concern.getValue() + NameUtils.hyphenate(component.getName(), true), value);
                value += 1000;
            }
            try (ApplicationContext context = ApplicationContext.run(keys)) {
                Object bean = context.getBean(concern.getKey());
                long expected = 10_000;
                for (RecordComponent component : concern.getKey().getRecordComponents()) {
                    Number actual = (Number) component.getAccessor().invoke(bean);
                    assertThat(actual.longValue()).as(component.getName()).isEqualTo(expected);
                    expected += 1000;
                }
            }
        }
    }

    @Test
    void theDirectoryIsReadFromItsKey() {
        try (ApplicationContext context = ApplicationContext.run(Map.of("millrace.data-dir", "there"))) {
            assertThat(context.getBean(DataConfig.class)).isEqualTo(new DataConfig("there"));
            assertThat(context.getBean(DataDirectory.class).state()).isEqualTo(Path.of("there", "streams"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "millrace.router.tick-millis,0",
        "millrace.router.threads,0",
        "millrace.router.commit-millis,0",
        "millrace.router.session-millis,10",
        "millrace.router.standbys,-1",
        "millrace.router.replication-factor,0",
        "millrace.router.max-block-millis,0",
        "millrace.scheduler.lease-millis,500",
        "millrace.scheduler.max-tick-millis,0",
        "millrace.scheduler.no-worker-millis,-1",
        "millrace.scheduler.unknown-model-millis,-1",
        "millrace.scheduler.retries,-1",
        "millrace.scheduler.max-attempts,3",
        "millrace.scheduler.assignment-millis,0",
        "millrace.scheduler.settle-millis,0",
        "millrace.scheduler.release-millis,0",
        "millrace.scheduler.cancel-millis,0",
        "millrace.scheduler.reclose-millis,0",
        "millrace.scheduler.max-closes,0",
        "millrace.scheduler.retry-after-millis,-1",
        "millrace.scheduler.tombstone-millis,0",
        "millrace.queue.max-waiting,0",
        "millrace.queue.max-waiting-bytes,0",
        "millrace.queue.background-patience-millis,0",
        "millrace.queue.batch-patience-millis,0",
        "millrace.queue.impatient-every,0",
        "millrace.queue.prefetch,-1",
        "millrace.queue.prefetch-turnover-millis,-1",
        "millrace.settler.commit-millis,0",
        "millrace.settler.session-millis,10",
        "millrace.settler.max-open-millis,0",
        "millrace.settler.max-remembered,0",
        "millrace.settler.alive-millis,0"
    })
    void whatCanNotBeIsRejectedByName(String key, String value) {
        try (ApplicationContext context = ApplicationContext.run(Map.of(key, value))) {
            Class<? extends Record> concern = PREFIXES.entrySet().stream()
                    .filter(entry -> key.startsWith(entry.getValue()))
                    .findFirst()
                    .orElseThrow()
                    .getKey();
            assertThatThrownBy(() -> context.getBean(concern)).hasStackTraceContaining(key);
        }
    }
}
