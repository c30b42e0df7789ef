package dev.millrace.billing;

import static org.awaitility.Awaitility.await;

import dev.millrace.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Kafka writes to disk later than PostgreSQL does: with the power it may lose what is in the ledger already. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CutLogIT {

    private static final Usages USAGES = new Usages(77);

    private static Office office;

    @BeforeAll
    static void open() throws Exception {
        office = new Office();
    }

    @AfterAll
    static void close() {
        office.close();
    }

    @Test
    @Order(1)
    void whatComesInPlaceOfRecordsThatKafkaLostIsBilledToo() throws Exception {
        billed(20);
        Map<Path, byte[]> saved = stopAndRead();
        office.kafka.startAgain();
        billed(60);

        for (Path file : stopAndRead().keySet()) {
            Files.delete(file);
        }
        for (Map.Entry<Path, byte[]> file : saved.entrySet()) {
            Files.write(file.getKey(), file.getValue());
        }
        office.kafka.startAgain();

        // More than were lost, so that no offset tells.
        billed(200);
    }

    /** After a broker that was started again: with that the old topic's epochs are higher than those of the new one. */
    @Test
    @Order(2)
    void aTopicThatWasMadeAnewIsBilledFromItsBeginning() throws Exception {
        int before = office.log.size();
        try (Admin admin = office.kafka.admin()) {
            Uuid old = topicId(admin);
            admin.deleteTopics(List.of(Topics.USAGE.name())).all().get();
            office.kafka.create(List.of(Topics.USAGE));
            await().atMost(Office.PATIENCE).ignoreExceptions().until(() -> !topicId(admin)
                    .equals(old));
        }

        // More than there were, so that no offset tells.
        billed(3 * before);
    }

    private static Uuid topicId(Admin admin) throws Exception {
        String topic = Topics.USAGE.name();
        return admin.describeTopics(List.of(topic))
                .topicNameValues()
                .values()
                .iterator()
                .next()
                .get()
                .topicId();
    }

    private static void billed(int count) {
        office.publish(
                Stream.generate(() -> USAGES.at(Instant.now())).limit(count).toList());
        office.service();
        office.awaitEqualsReplay();
        office.closeServices();
    }

    private static Map<Path, byte[]> stopAndRead() throws IOException {
        office.kafka.close();
        Map<Path, byte[]> files = new HashMap<>();
        for (Path partition : office.kafka.files(Topics.USAGE)) {
            try (Stream<Path> inside = Files.list(partition)) {
                for (Path file : inside.toList()) {
                    files.put(file, Files.readAllBytes(file));
                }
            }
        }
        return files;
    }
}
