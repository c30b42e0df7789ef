package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What all modules run with is here, in the same versions, since these converge: each class in one jar alone. */
class ClassPathTest {

    private static final List<Path> JARS = Stream.of(
                    System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(Files::isRegularFile)
            .toList();

    @Test
    void noClassIsInTwoJars() throws IOException {
        assertThat(JARS)
                .extracting(jar -> jar.getFileName().toString())
                .anyMatch(name -> name.startsWith("kafka-clients-"))
                .anyMatch(name -> name.startsWith("pytorch-engine-"))
                .anyMatch(name -> name.startsWith("redisson-"))
                .anyMatch(name -> name.startsWith("postgresql-"));
        assertThat(inTwo(JARS)).isEmpty();
    }

    @Test
    void oneThatIsWouldBeSeen(@TempDir Path directory) throws IOException {
        Path jar = JARS.get(0);
        Path again = Files.copy(jar, directory.resolve("again.jar"));
        assertThat(inTwo(List.of(jar, again))).isNotEmpty().allSatisfy((name, places) -> assertThat(places)
                .containsExactlyInAnyOrder(jar, again));
    }

    private static Map<String, Set<Path>> inTwo(List<Path> jars) throws IOException {
        Map<String, Path> first = new HashMap<>();
        Map<String, Set<Path>> inTwo = new TreeMap<>();
        for (Path jar : jars) {
            try (JarFile file = new JarFile(jar.toFile())) {
                file.stream()
                        .map(ZipEntry::getName)
                        .filter(ClassPathTest::isClass)
                        .forEach(name -> {
                            Path other = first.putIfAbsent(name, jar);
                            if (other != null && !other.equals(jar)) {
                                inTwo.computeIfAbsent(name, unused -> new TreeSet<>(Set.of(other)))
                                        .add(jar);
                            }
                        });
            }
        }
        return inTwo;
    }

    private static boolean isClass(String name) {
        return name.endsWith(".class") && !name.endsWith("module-info.class") && !name.startsWith("META-INF");
    }
}
