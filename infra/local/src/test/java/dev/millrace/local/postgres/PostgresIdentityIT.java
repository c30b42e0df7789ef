package dev.millrace.local.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.process.Narrator;
import dev.millrace.local.process.Supervised;
import dev.millrace.local.process.Supervisor;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As root PostgreSQL runs under another identity, and a directory can pass from one to the other and back. */
class PostgresIdentityIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path data;

    PostgresIdentityIT(@TempDir Path data) {
        this.data = data;
    }

    @Test
    void theSameDataServesUnderEachIdentityThatThisMachineAllows() throws Exception {
        List<Unprivileged> identities = identities();
        for (Unprivileged identity : identities) {
            runs(identity);
        }
        @Nullable String last = identities.get(identities.size() - 1).owner();
        assertThat(Files.getOwner(data.resolve("postgres")).getName())
                .isEqualTo(last == null ? System.getProperty("user.name") : last);
    }

    @Test
    void aCreationThatWasKilledLeavesNothing() throws Exception {
        Files.writeString(data.resolve("postgres.unfinished"), "");
        Files.writeString(data.resolve("postgres.password"), "secret");

        runs(Unprivileged.ofThisProcess());

        try (Stream<Path> files = Files.list(data)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains("postgres")
                    .noneMatch(name -> name.startsWith("postgres."));
        }
    }

    /** Only root has to give up its own, in one way or another, and back. */
    private static List<Unprivileged> identities() throws IOException {
        List<Unprivileged> identities = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            Unprivileged namespace = new Unprivileged(Unprivileged.NAMESPACE, "root");
            Unprivileged nobody = new Unprivileged(Unprivileged.NOBODY, "nobody");
            for (Unprivileged identity : List.of(nobody, namespace, nobody)) {
                if (Unprivileged.works(identity.prefix())) {
                    identities.add(identity);
                }
            }
        }
        identities.add(Unprivileged.ofThisProcess());
        return identities;
    }

    private void runs(Unprivileged identity) throws Exception {
        try (Supervisor supervisor = Supervisor.open(data, Narrator.silent(), Clock.systemUTC())) {
            Supervised postgres = supervisor.add(new PostgresPart(
                    Path.of("target/tools").toAbsolutePath(),
                    freePort(),
                    data.resolve("postgres"),
                    "secret",
                    identity));
            postgres.start();
            postgres.awaitReady(LIMIT);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
