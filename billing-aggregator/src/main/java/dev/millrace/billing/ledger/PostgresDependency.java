package dev.millrace.billing.ledger;

import dev.millrace.service.Dependency;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Whether PostgreSQL answers. */
@Singleton
final class PostgresDependency implements Dependency {

    private static final long FRESH_MILLIS = 1000;
    private static final int WAIT_SECONDS = 2;

    private final DataSource dataSource;
    private final Clock clock;
    private @Nullable State last;
    private long lastAtMillis;

    PostgresDependency(Database database, Clock clock) {
        this.dataSource = database.connections();
        this.clock = clock;
    }

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public synchronized State state() {
        State known = last;
        if (known == null || clock.millis() - lastAtMillis > FRESH_MILLIS) {
            known = ask();
            last = known;
            lastAtMillis = clock.millis();
        }
        return known;
    }

    private State ask() {
        try (Connection connection = dataSource.getConnection()) {
            return connection.isValid(WAIT_SECONDS) ? State.up("answers") : State.down("a connection is broken");
        } catch (SQLException e) {
            return State.down(String.valueOf(e.getMessage()));
        }
    }
}
