package dev.millrace.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.gpu.generate.GeneratorFactory;
import dev.millrace.gpu.work.PriceConfig;
import dev.millrace.gpu.work.WorkerConfig;
import dev.millrace.topic.Topics;
import io.micronaut.context.ApplicationContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigTest {

    @Test
    void defaultsStandWhereNothingIsSaid() {
        try (ApplicationContext context = ApplicationContext.run()) {
            assertThat(context.getBean(WorkersConfig.class).workers()).containsExactly("echo");
            assertThat(context.getBean(WorkerConfig.class))
                    .isEqualTo(new WorkerConfig(
                            3000, 2000, 400, 50, 5000, 64, 128 << 20, 4 << 20, 16 << 20, 120_000, 2, 60_000));
            assertThat(context.getBean(PriceConfig.class)).isEqualTo(new PriceConfig(100_000, 50_000, 400_000));
        }
    }

    @Test
    void everySettingIsRead() {
        Map<String, Object> settings = Map.ofEntries(
                Map.entry("millrace.workers", "echo,djl:qwen=/models/qwen"),
                Map.entry("millrace.worker.lease-millis", 9),
                Map.entry("millrace.worker.report-interval-millis", 4),
                Map.entry("millrace.worker.report-gap-millis", 1),
                Map.entry("millrace.worker.grace-millis", 6),
                Map.entry("millrace.worker.prefetch", 7),
                Map.entry("millrace.worker.max-held-bytes", 10),
                Map.entry("millrace.worker.max-pending-bytes", 2000),
                Map.entry("millrace.worker.max-in-flight-bytes", 3000),
                Map.entry("millrace.worker.delivery-timeout-millis", 20_001),
                Map.entry("millrace.worker.log-readers", 5),
                Map.entry("millrace.worker.log-read-timeout-millis", 8),
                Map.entry("millrace.price.input-micros-per-million", 1),
                Map.entry("millrace.price.cached-micros-per-million", 2),
                Map.entry("millrace.price.output-micros-per-million", 3));
        try (ApplicationContext context = ApplicationContext.run(settings)) {
            assertThat(context.getBean(WorkersConfig.class).entries())
                    .containsExactly(
                            new Entry("echo", "echo", "echo", ""), new Entry("djl", "qwen", "qwen", "/models/qwen"));
            assertThat(context.getBean(WorkerConfig.class))
                    .isEqualTo(new WorkerConfig(3000, 9, 4, 1, 6, 7, 10, 2000, 3000, 20_001, 5, 8));
            assertThat(context.getBean(PriceConfig.class)).isEqualTo(new PriceConfig(1, 2, 3));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 400, 50, 0, 1024, lease-millis",
        "2000, 10, 50, 0, 1024, report-interval-millis",
        "2000, 400, 0, 0, 1024, report-gap-millis",
        "2000, 400, 50, -1, 1024, prefetch",
        "2000, 400, 50, 0, 1, max-pending-bytes",
    })
    void senselessSettingsAreRefusedByName(int lease, int interval, int gap, int prefetch, int pending, String named) {
        assertThatThrownBy(
                        () -> new WorkerConfig(3000, lease, interval, gap, 0, prefetch, 1, pending, 1024, 20_000, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("millrace.worker." + named);
    }

    @ParameterizedTest
    @CsvSource({"2601, 3000", "2000, 2399"})
    void aLeaseThatDoesNotEndBeforeTheRoutersIsRefusedAtTheStart(int own, int routers) {
        Map<String, Object> settings =
                Map.of("millrace.worker.lease-millis", own, "millrace.scheduler.lease-millis", routers);
        assertThatThrownBy(() -> ApplicationContext.run(settings).close())
                .hasStackTraceContaining("millrace.worker.lease-millis is " + own + " and must be at most ");
    }

    @ParameterizedTest
    @CsvSource({"2600, 3000", "5000, 5400"})
    void aLeaseThatEndsBeforeTheRoutersIsTaken(int own, int routers) {
        try (ApplicationContext context = ApplicationContext.run(
                Map.of("millrace.worker.lease-millis", own, "millrace.scheduler.lease-millis", routers))) {
            assertThat(context.getBean(WorkerConfig.class).leaseMillis()).isEqualTo(own);
        }
    }

    @Test
    void aLeaseFollowsTheRoutersWhereItIsNotSaid() {
        try (ApplicationContext context = ApplicationContext.run(Map.of("millrace.scheduler.lease-millis", 1500))) {
            assertThat(context.getBean(WorkerConfig.class).leaseMillis()).isEqualTo(1000);
        }
    }

    @Test
    void aLongLeaseIsRefusedAlsoWhereNothingIsSaidOfTheRouters() {
        assertThatThrownBy(() -> ApplicationContext.run(Map.of("millrace.worker.lease-millis", 3000))
                        .close())
                .hasStackTraceContaining("must be at most 2600");
    }

    @Test
    void everyKindOfModelHasItsFactory() {
        try (ApplicationContext context = ApplicationContext.run()) {
            assertThat(context.getBeansOfType(GeneratorFactory.class))
                    .extracting(GeneratorFactory::kind)
                    .containsExactlyInAnyOrder("echo", "djl");
        }
    }

    @Test
    void pricesAreNotNegative() {
        assertThatThrownBy(() -> new PriceConfig(0, -1, 0)).hasMessageContaining("millrace.price");
    }

    @Test
    void entriesSayKindModelPoolAndSource() {
        assertThat(Entry.parse("echo@spare")).isEqualTo(new Entry("echo", "echo", "spare", ""));
        assertThat(Entry.parse("djl:org/Model-1.5@a=/m/x=y"))
                .isEqualTo(new Entry("djl", "org/Model-1.5", "a", "/m/x=y"));
        assertThat(Entry.parse("djl:org/Model-1.5=/m").pool()).isEqualTo(Topics.poolFor("org/Model-1.5"));
        assertThat(Entry.parse("djl:My model=/my models/My model"))
                .isEqualTo(new Entry("djl", "My model", Topics.poolFor("My model"), "/my models/My model"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Echo", "djl:", "djl:a@=b", "echo@bad pool", "echo@a/b"})
    void entriesOfAnotherFormAreRefused(String text) {
        assertThatThrownBy(() -> Entry.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aModelIsServedOnce() {
        assertThatThrownBy(() -> new WorkersConfig(List.of("echo", "djl:echo=/m")))
                .hasMessageContaining("twice");
    }
}
