package dev.millrace.billing.ledger;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * How to reach PostgreSQL.
 *
 * @param url a JDBC URL
 * @param connections how many connections are held at most
 * @param timeoutMillis how long an answer may take, and a transaction may wait for its next statement
 */
@ConfigurationProperties("millrace.postgres")
public record PostgresConfig(
        @Bindable(defaultValue = "jdbc:postgresql://localhost:5432/millrace")
        String url,

        @Bindable(defaultValue = "millrace") String user,
        @Bindable(defaultValue = "") String password,
        @Bindable(defaultValue = "8") int connections,
        @Bindable(defaultValue = "30000") int timeoutMillis) {

    private static final int MIN_CONNECTIONS = 2;
    private static final int MIN_TIMEOUT_MILLIS = 1000;

    public PostgresConfig {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("millrace.postgres.url must begin with jdbc:postgresql:");
        }
        if (user.isBlank()) {
            throw new IllegalArgumentException("millrace.postgres.user must not be empty");
        }
        if (connections < MIN_CONNECTIONS) {
            throw new IllegalArgumentException("millrace.postgres.connections must be at least " + MIN_CONNECTIONS);
        }
        if (timeoutMillis < MIN_TIMEOUT_MILLIS) {
            throw new IllegalArgumentException(
                    "millrace.postgres.timeout-millis must be at least " + MIN_TIMEOUT_MILLIS);
        }
    }

    /** Without what is secret. */
    @Override
    public String toString() {
        return user + " at " + url.replaceAll("\\?.*", "");
    }
}
