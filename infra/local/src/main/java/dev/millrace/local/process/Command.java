package dev.millrace.local.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What to run: a program with its arguments, variables on top of the launcher's own, a working directory, and, in front
 * of it, programs that end in running it (they change the identity, not the process).
 */
public record Command(
        List<String> prefix, Path program, List<String> arguments, Map<String, String> environment, Path directory) {

    public Command {
        prefix = List.copyOf(prefix);
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    public Command(Path program, List<String> arguments, Map<String, String> environment, Path directory) {
        this(List.of(), program, arguments, environment, directory);
    }

    /** The command line, led by what keeps the process on its leash. */
    List<String> line(List<String> leash) {
        List<String> line = new ArrayList<>(prefix);
        line.addAll(leash);
        line.add(program.toString());
        line.addAll(arguments);
        return line;
    }
}
