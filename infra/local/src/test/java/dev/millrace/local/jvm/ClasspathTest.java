package dev.millrace.local.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClasspathTest {

    private final Path module;

    ClasspathTest(@TempDir Path directory) throws IOException {
        this.module = directory.resolve("some-module");
        Files.createDirectories(module.resolve("target"));
    }

    @Test
    void aModulesOwnJarComesFirst() throws IOException {
        Files.writeString(module.resolve("target/some-module-1.0.jar"), "");
        Files.writeString(module.resolve("target/some-module-1.0-sources.jar"), "");
        Files.writeString(module.resolve("target/runtime.classpath"), "/lib/a.jar:/lib/b.jar\n");

        assertThat(Classpath.isBuilt(module)).isTrue();
        assertThat(Classpath.ofModule(module))
                .hasToString(module.resolve("target/some-module-1.0.jar") + ":/lib/a.jar:/lib/b.jar");
    }

    @Test
    void aModuleThatIsNotBuiltIsNamed() {
        assertThatThrownBy(() -> Classpath.ofModule(module))
                .hasMessageContaining(module.toString())
                .hasMessageContaining("mvn package");
    }
}
