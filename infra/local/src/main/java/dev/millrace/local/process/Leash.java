package dev.millrace.local.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What stands in front of a child's command so that it has a process group of its own (Ctrl-C reaches the launcher
 * alone) and dies with the launcher, however that dies. Each of these programs ends in running the next one, so the
 * child keeps its process id.
 *
 * <p>Linux has {@code setsid} and {@code setpriv --pdeathsig}. Elsewhere a shell stays behind that reads the child's
 * standard input, which ends when the launcher does, and then kills the child.
 */
final class Leash {

    private static final String WATCHING_SHELL = "exec 3<&0; (cat <&3 >/dev/null; kill -9 $$) & exec 3<&-; exec \"$@\"";

    private final List<String> line;

    private Leash(List<String> line) {
        this.line = List.copyOf(line);
    }

    static Leash ofThisMachine() {
        Optional<Path> setsid = find("setsid");
        Optional<Path> setpriv = find("setpriv");
        if (setsid.isPresent() && setpriv.isPresent()) {
            return new Leash(List.of(setsid.get().toString(), setpriv.get().toString(), "--pdeathsig", "KILL", "--"));
        }
        return portable();
    }

    static Leash portable() {
        List<String> line = new ArrayList<>();
        find("perl").ifPresent(perl -> line.addAll(List.of(perl.toString(), "-e", "setpgrp; exec @ARGV", "--")));
        line.addAll(List.of("/bin/sh", "-c", WATCHING_SHELL, "leash"));
        return new Leash(line);
    }

    List<String> line() {
        return line;
    }

    private static Optional<Path> find(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return Stream.of(path.split(":"))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
