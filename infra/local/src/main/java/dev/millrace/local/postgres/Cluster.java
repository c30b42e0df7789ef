package dev.millrace.local.postgres;

import dev.millrace.local.process.Command;
import dev.millrace.local.process.Errand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The directory in which PostgreSQL keeps its data. */
record Cluster(Path directory, Unprivileged identity) {

    /** Makes it, once. A creation that was interrupted is begun again. */
    void create(Path programs, String user, String password) throws IOException {
        if (!Files.exists(directory.resolve("PG_VERSION")) || Files.exists(unfinished())) {
            deleteContents();
            Files.createDirectories(directory);
            Files.writeString(unfinished(), "");
            own();
            initialise(programs, user, password);
            Files.delete(unfinished());
        } else {
            own();
        }
    }

    /**
     * After a crash the server's note of itself stays behind, and the next server sees that its process is gone. Where
     * the process id was given out again, or nobody has taken note of the process' end, as in containers whose first
     * process does not care for orphans, it would refuse to start, so then the note goes.
     */
    void forgetMistakenServer() throws IOException {
        Path note = directory.resolve("postmaster.pid");
        if (!Files.exists(note)) {
            return;
        }
        List<String> lines = Files.readAllLines(note);
        if (lines.isEmpty() || !lines.get(0).strip().matches("\\d{1,18}")) {
            return;
        }
        long pid = Long.parseLong(lines.get(0).strip());
        boolean someoneElse = ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .filter(command -> !command.endsWith("/postgres"))
                .isPresent();
        if (someoneElse || hasEnded(pid)) {
            Files.delete(note);
        }
    }

    /** A process that has ended is still in the list of all until its parent asks how. */
    private static boolean hasEnded(long pid) {
        try {
            String state = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return state.startsWith(" Z", state.lastIndexOf(')') + 1);
        } catch (IOException e) {
            return false;
        }
    }

    private Path unfinished() {
        return directory.resolveSibling(directory.getFileName() + ".unfinished");
    }

    private void initialise(Path programs, String user, String password) throws IOException {
        // Under one name, so that one which a killed launcher has left is found again.
        Path passwordFile = directory.resolveSibling(directory.getFileName() + ".password");
        Files.deleteIfExists(passwordFile);
        Files.createFile(
                passwordFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(passwordFile, password);
            ownOne(passwordFile);
            List<String> arguments = List.of(
                    "-D",
                    directory.toString(),
                    "--username",
                    user,
                    "--pwfile",
                    passwordFile.toString(),
                    "--auth",
                    "scram-sha-256",
                    "--encoding",
                    "UTF8",
                    "--no-locale",
                    "--no-sync");
            Errand.run(
                    "initdb",
                    new Command(identity.prefix(), programs.resolve("initdb"), arguments, Map.of(), directory));
        } finally {
            Files.deleteIfExists(passwordFile);
        }
    }

    /** The data must belong to whom the server runs as, which changes when a checkout moves between machines. */
    private void own() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        if (identity.owner() == null || Files.getOwner(directory).getName().equals(identity.owner())) {
            return;
        }
        for (Path file : contents()) {
            ownOne(file);
        }
        ownOne(directory);
    }

    private void ownOne(Path file) throws IOException {
        if (identity.owner() != null) {
            UserPrincipal owner =
                    file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(identity.owner());
            Files.getFileAttributeView(
                            file, java.nio.file.attribute.FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setOwner(owner);
        }
    }

    private void deleteContents() throws IOException {
        if (Files.isDirectory(directory)) {
            for (Path file : contents()) {
                Files.delete(file);
            }
        }
    }

    private List<Path> contents() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> !file.equals(directory))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }
}
