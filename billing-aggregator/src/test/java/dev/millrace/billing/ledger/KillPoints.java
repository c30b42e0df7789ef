package dev.millrace.billing.ledger;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source whose nth step breaks the connection, before it is done or after: what a kill there would leave. */
final class KillPoints {

    private static final Set<String> STEPS = Set.of(
            "getConnection", "setAutoCommit", "prepareStatement", "executeUpdate", "executeQuery", "execute", "commit");

    private final DataSource real;
    private int remaining = Integer.MAX_VALUE;
    private boolean after;
    private boolean killed;

    KillPoints(DataSource real) {
        this.real = real;
    }

    DataSource dataSource() {
        return wrap(DataSource.class, real, null);
    }

    void killAt(int step, boolean afterIt) {
        remaining = step;
        after = afterIt;
        killed = false;
    }

    boolean hasKilled() {
        return killed;
    }

    private <T> T wrap(Class<T> type, Object target, @Nullable Connection connection) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    boolean dies = STEPS.contains(method.getName()) && --remaining == 0;
                    if (dies && !after) {
                        throw kill(connection);
                    }
                    Object answer;
                    try {
                        answer = method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw Objects.requireNonNull(e.getCause());
                    }
                    if (dies) {
                        throw kill(answer instanceof Connection opened ? opened : connection);
                    }
                    if (answer instanceof Connection opened) {
                        return wrap(Connection.class, opened, opened);
                    }
                    if (answer instanceof PreparedStatement statement) {
                        return wrap(PreparedStatement.class, statement, connection);
                    }
                    return answer;
                }));
    }

    private SQLException kill(@Nullable Connection connection) throws SQLException {
        killed = true;
        if (connection != null) {
            connection.abort(ForkJoinPool.commonPool());
        }
        return new SQLException("killed here", "08006");
    }
}
