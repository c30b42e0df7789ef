package dev.millrace.local;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The launcher as it is, of a stack that has no services: {@code InfrastructureLauncher DATA PORT PARTS}. */
final class InfrastructureLauncher {

    private InfrastructureLauncher() {}

    public static void main(String[] arguments) throws Exception {
        StackSettings settings = new StackSettings(
                Checkout.find(),
                Path.of(arguments[0]),
                Integer.parseInt(arguments[1]),
                Stream.of(arguments[2].split(",")).map(Infrastructure::valueOf).collect(Collectors.toSet()),
                Set.of(),
                1,
                List.of(Models.ECHO),
                StackSettings.External.NONE,
                Map.of(),
                List.of(),
                true);
        System.setOut(new PrintStream(new Refusing(), true, StandardCharsets.UTF_8));
        System.exit(new Launcher(Console.ofThisProcess()).run(settings));
    }

    /** As Maven's own output does while Maven ends. */
    private static final class Refusing extends OutputStream {
        @Override
        public void write(int octet) {
            throw new IllegalStateException("nobody writes here any more");
        }
    }
}
