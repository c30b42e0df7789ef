package dev.millrace.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Whether what runs elsewhere can be used, asked before anything is started that would wait for it in vain. */
final class Elsewhere {

    private static final int LIMIT_SECONDS = 5;

    private Elsewhere() {}

    /** The first thing that is wrong, by the option that names it. */
    static Optional<String> hindrance(StackSettings.External external) {
        return kafka(external.kafka()).or(() -> postgres(external.postgres())).or(() -> redis(external.redis()));
    }

    /** One broker is enough to find the others. */
    private static Optional<String> kafka(@Nullable String addresses) {
        if (addresses == null) {
            return Optional.empty();
        }
        List<String> strangers = new ArrayList<>();
        for (String address : addresses.split(",")) {
            ExternalKafka kafka = new ExternalKafka(address.strip());
            switch (kafka.whoAnswers(LIMIT_SECONDS)) {
                case KAFKA -> {
                    return unreachable(kafka);
                }
                case STRANGER -> strangers.add(kafka.address());
                case NOBODY -> {}
            }
        }
        return Optional.of(
                strangers.isEmpty()
                        ? "nothing answers at " + addresses + ", which -Dkafka= names"
                        : "what -Dkafka= names at " + String.join(", ", strangers) + " does not answer as Kafka does");
    }

    /** Clients go on with the addresses that the brokers call their own, whichever they asked first. */
    private static Optional<String> unreachable(ExternalKafka kafka) {
        return kafka.advertised(LIMIT_SECONDS).stream()
                .filter(address -> !answers(address))
                .findFirst()
                .map(address -> "the Kafka that -Dkafka= names at " + kafka.address() + " tells its clients to go to "
                        + address + " (advertised.listeners), which cannot be reached from here");
    }

    private static Optional<String> postgres(@Nullable ExternalPostgres postgres) {
        if (postgres == null) {
            return Optional.empty();
        }
        Properties login = new Properties();
        login.setProperty("user", postgres.user());
        login.setProperty("password", postgres.password());
        login.setProperty("loginTimeout", Integer.toString(LIMIT_SECONDS));
        try {
            DriverManager.getConnection(postgres.jdbcUrl(), login).close();
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of("the database that -Dpostgres= names cannot be used: " + e.getMessage());
        }
    }

    private static Optional<String> redis(@Nullable String address) {
        if (address == null) {
            return Optional.empty();
        }
        ExternalRedis redis = ExternalRedis.parse(address);
        return answers(redis.place())
                ? redis.hindrance(LIMIT_SECONDS)
                        .map(why -> "the Redis that -Dredis= names at " + redis.place() + " cannot be used: " + why)
                : Optional.of("nothing answers at " + redis.place() + ", which -Dredis= names");
    }

    private static boolean answers(String address) {
        int colon = address.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            int port = Integer.parseInt(address.substring(colon + 1));
            socket.connect(new InetSocketAddress(address.substring(0, colon), port), LIMIT_SECONDS * 1_000);
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
