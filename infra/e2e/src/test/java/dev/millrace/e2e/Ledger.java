package dev.millrace.e2e;

import dev.millrace.local.LocalStack;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The ledger, as PostgreSQL has it. */
final class Ledger {

    /** One row of {@code request_logs}. */
    record Row(String requestId, int inputTokens, int outputTokens, String status, String sessionId, long costMicros) {}

    private final LocalStack stack;

    Ledger(LocalStack stack) {
        this.stack = stack;
    }

    /** Rows by request; more than one for a request is more than there may be. */
    Map<String, List<Row>> rows() {
        Map<String, List<Row>> rows = new HashMap<>();
        try (Connection connection =
                        DriverManager.getConnection(stack.jdbcUrl(), stack.jdbcUser(), stack.jdbcPassword());
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("""
                        SELECT request_id, input_tokens, output_tokens, status, session_id, cost_micros
                        FROM request_logs
                        """)) {
            while (result.next()) {
                Row row = new Row(
                        result.getString(1),
                        result.getInt(2),
                        result.getInt(3),
                        result.getString(4),
                        result.getString(5),
                        result.getLong(6));
                rows.computeIfAbsent(row.requestId(), id -> new ArrayList<>()).add(row);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return rows;
    }
}
