package dev.millrace.gpu.generate.echo;

import dev.millrace.gpu.generate.Generator;
import dev.millrace.gpu.generate.GeneratorFactory;
import jakarta.inject.Singleton;

/** Makes echoes. */
@Singleton
final class EchoFactory implements GeneratorFactory {

    private static final int CRASH_STATUS = 86;

    private final EchoConfig config;
    private final FaultsConfig faults;

    EchoFactory(EchoConfig config, FaultsConfig faults) {
        this.config = config;
        this.faults = faults;
    }

    @Override
    public String kind() {
        return "echo";
    }

    @Override
    public Generator load(String model, String source) {
        return new EchoGenerator(
                model, config, faults.allowed(), () -> Runtime.getRuntime().halt(CRASH_STATUS));
    }
}
