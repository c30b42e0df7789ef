package dev.millrace.billing.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** The connections to PostgreSQL, which may come after us and may go: nobody waits for it at the start. */
@Singleton
public final class Database implements AutoCloseable {

    private static final long CONNECT_MILLIS = 3000;

    private final HikariDataSource pool;

    Database(PostgresConfig postgres) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("postgres");
        config.setJdbcUrl(postgres.url());
        config.setUsername(postgres.user());
        config.setPassword(postgres.password());
        config.setMaximumPoolSize(postgres.connections());
        config.setMinimumIdle(1);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setValidationTimeout(CONNECT_MILLIS / 2);
        // Whoever stands still in mid-transaction would hold up those who took its place.
        config.setConnectionInitSql("SET idle_in_transaction_session_timeout = " + postgres.timeoutMillis());
        config.addDataSourceProperty("ApplicationName", "millrace-billing");
        config.addDataSourceProperty("connectTimeout", TimeUnit.MILLISECONDS.toSeconds(CONNECT_MILLIS));
        config.addDataSourceProperty("socketTimeout", TimeUnit.MILLISECONDS.toSeconds(postgres.timeoutMillis()));
        config.addDataSourceProperty("tcpKeepAlive", true);
        this.pool = new HikariDataSource(config);
    }

    /** Plain connections: what is made of them for repositories works within declared transactions only. */
    public DataSource connections() {
        return pool;
    }

    @Override
    @PreDestroy
    public void close() {
        pool.close();
    }
}
