package dev.millrace.local;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The launcher as it is, of a stack that has no services: {@code InfrastructureLauncher DATA PORT}. */
final class InfrastructureLauncher {

    private InfrastructureLauncher() {}

    public static void main(String[] arguments) throws Exception {
        StackSettings settings = new StackSettings(
                Checkout.find(),
                Path.of(arguments[0]),
                Integer.parseInt(arguments[1]),
                EnumSet.allOf(Infrastructure.class),
                Set.of(),
                1,
                List.of(Models.ECHO),
                StackSettings.External.NONE,
                Map.of(),
                List.of());
        System.exit(new Launcher(new Console(System.out)).run(settings));
    }
}
