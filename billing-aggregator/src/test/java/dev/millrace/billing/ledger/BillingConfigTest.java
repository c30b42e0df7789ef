package dev.millrace.billing.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micronaut.context.ApplicationContext;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BillingConfigTest {

    @Test
    void defaults() {
        try (ApplicationContext context = ApplicationContext.run()) {
            assertThat(context.getBean(LedgerConfig.class)).isEqualTo(new LedgerConfig(500, 5000, 2));
            assertThat(context.getBean(PostgresConfig.class))
                    .isEqualTo(
                            new PostgresConfig("jdbc:postgresql://localhost:5432/millrace", "millrace", "", 8, 30_000));
        }
    }

    @Test
    void everyKeyIsRead() {
        Map<String, Object> settings = Map.of(
                "millrace.ledger.batch-records", 1,
                "millrace.ledger.max-backoff-millis", 2,
                "millrace.ledger.months-ahead", 3,
                "millrace.postgres.url", "jdbc:postgresql://db/x?ssl=true",
                "millrace.postgres.user", "u",
                "millrace.postgres.password", "p",
                "millrace.postgres.connections", 4,
                "millrace.postgres.timeout-millis", 5000);
        try (ApplicationContext context = ApplicationContext.run(settings)) {
            assertThat(context.getBean(LedgerConfig.class)).isEqualTo(new LedgerConfig(1, 2, 3));
            assertThat(context.getBean(PostgresConfig.class))
                    .isEqualTo(new PostgresConfig("jdbc:postgresql://db/x?ssl=true", "u", "p", 4, 5000))
                    .hasToString("u at jdbc:postgresql://db/x");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "millrace.ledger.batch-records=0",
                "millrace.ledger.batch-records=10001",
                "millrace.ledger.max-backoff-millis=0",
                "millrace.ledger.months-ahead=0",
                "millrace.ledger.months-ahead=25",
            })
    void settingsOfTheLedgerThatCannotBeAreRefused(String setting) {
        assertRefused(setting, LedgerConfig.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "millrace.postgres.url=postgres://db",
                "millrace.postgres.user=",
                "millrace.postgres.connections=1",
                "millrace.postgres.timeout-millis=999",
            })
    void settingsOfPostgresThatCannotBeAreRefused(String setting) {
        assertRefused(setting, PostgresConfig.class);
    }

    private static void assertRefused(String setting, Class<?> config) {
        String[] parts = setting.split("=", 2);
        assertThatThrownBy(() -> {
                    try (ApplicationContext context = ApplicationContext.run(Map.of(parts[0], parts[1]))) {
                        context.getBean(config);
                    }
                })
                .hasStackTraceContaining(parts[0]);
    }
}
