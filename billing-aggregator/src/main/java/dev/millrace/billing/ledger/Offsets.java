package dev.millrace.billing.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/** How far each partition has been written, kept beside what was written. */
final class Offsets {

    private static final String READ = """
            SELECT partition, next_offset, leader_epoch, topic_id FROM consumer_offsets WHERE topic = ?
            """;

    private static final String BEGIN = """
            INSERT INTO consumer_offsets (next_offset, leader_epoch, topic_id, topic, partition) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    /** The guard: whoever began from an offset that is no longer the stored one has been overtaken. */
    private static final String ADVANCE = """
            UPDATE consumer_offsets SET next_offset = ?, leader_epoch = ?, topic_id = ?, updated_at = now()
            WHERE topic = ? AND partition = ? AND next_offset = ?
            """;

    private final DataSource dataSource;

    Offsets(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    Map<Integer, OffsetAndMetadata> read(String topic) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, topic);
            Map<Integer, OffsetAndMetadata> offsets = new HashMap<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Optional<Integer> leaderEpoch = Optional.ofNullable(rows.getObject(3, Integer.class));
                    offsets.put(rows.getInt(1), new OffsetAndMetadata(rows.getLong(2), leaderEpoch, rows.getString(4)));
                }
            }
            return offsets;
        }
    }

    /** Within the writer's transaction, before anything else, so that of two writers the second waits here. */
    static void advance(Connection connection, List<Progress> progress) throws SQLException, OffsetsMovedException {
        List<Progress> inOrder = progress.stream()
                .sorted(Comparator.comparing(Progress::topic).thenComparing(Progress::partition))
                .toList();
        for (Progress one : inOrder) {
            if (!advance(connection, one)) {
                throw new OffsetsMovedException(one);
            }
        }
    }

    private static boolean advance(Connection connection, Progress progress) throws SQLException {
        Long expected = progress.expected();
        try (PreparedStatement statement = connection.prepareStatement(expected == null ? BEGIN : ADVANCE)) {
            statement.setLong(1, progress.next().offset());
            statement.setObject(2, progress.next().leaderEpoch().orElse(null), Types.INTEGER);
            statement.setString(3, progress.next().metadata());
            statement.setString(4, progress.topic());
            statement.setInt(5, progress.partition());
            if (expected != null) {
                statement.setLong(6, expected);
            }
            return statement.executeUpdate() == 1;
        }
    }
}
