package dev.millrace.billing.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/** Writes batches: rows, rollups and offsets in one transaction, so that all of it has happened or nothing has. */
final class Ledger {

    private static final ObjectMapper JSON = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

    private final DataSource dataSource;
    private final Months months;
    private final Offsets offsets;

    Ledger(DataSource dataSource, Months months) {
        this.dataSource = dataSource;
        this.months = months;
        this.offsets = new Offsets(dataSource);
    }

    Map<Integer, OffsetAndMetadata> offsets(String topic) throws SQLException {
        return offsets.read(topic);
    }

    /**
     * Writes a batch.
     *
     * @return how many of the entries were new
     */
    int write(List<LedgerEntry> entries, List<Progress> progress) throws SQLException, OffsetsMovedException {
        months.make(entries);
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                Offsets.advance(connection, progress);
                int inserted = entries.isEmpty() ? 0 : insert(connection, entries);
                connection.commit();
                return inserted;
            } catch (SQLException | OffsetsMovedException | RuntimeException e) {
                rollBack(connection, e);
                throw e;
            }
        }
    }

    /** Which of the entries PostgreSQL will never take, each tried alone and nothing kept. */
    List<LedgerEntry> unwritable(List<LedgerEntry> entries) throws SQLException {
        List<LedgerEntry> refused = new ArrayList<>();
        for (LedgerEntry entry : entries) {
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                try {
                    insert(connection, List.of(entry));
                } catch (SQLException e) {
                    if (!isAboutData(e)) {
                        throw e;
                    }
                    refused.add(entry);
                } finally {
                    connection.rollback();
                }
            }
        }
        return refused;
    }

    /** Whether trying again cannot help: data exceptions, broken constraints, exceeded limits. */
    static boolean isAboutData(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
    }

    private static int insert(Connection connection, List<LedgerEntry> entries) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LedgerSql.WRITE)) {
            statement.setString(1, JSON.writeValueAsString(entries));
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void rollBack(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
