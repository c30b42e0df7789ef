package dev.millrace.billing.ledger;

import dev.millrace.service.Dependency;
import dev.millrace.service.FreshState;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import javax.sql.DataSource;

/** Whether PostgreSQL answers. */
@Singleton
final class PostgresDependency implements Dependency {

    private static final int WAIT_SECONDS = 2;

    private final DataSource dataSource;
    private final FreshState state;

    PostgresDependency(Database database, Clock clock) {
        this.dataSource = database.connections();
        this.state = new FreshState(clock, this::ask);
    }

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public State state() {
        return state.get();
    }

    private State ask() {
        try (Connection connection = dataSource.getConnection()) {
            return connection.isValid(WAIT_SECONDS) ? State.up("answers") : State.down("a connection is broken");
        } catch (SQLException e) {
            return State.down(String.valueOf(e.getMessage()));
        }
    }
}
