package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

    private final Path directory;
    private final Checkout checkout;

    OptionsTest(@TempDir Path directory) {
        this.directory = directory;
        this.checkout = new Checkout(directory.resolve("checkout"));
    }

    @BeforeEach
    void bundleModels() throws IOException {
        makeModel(checkout.bundledModels().resolve("small"));
        makeModel(checkout.bundledModels().resolve("other"));
        Files.createDirectories(checkout.bundledModels().resolve("not-a-model"));
    }

    @Test
    void withoutAWordItIsEverythingOnPort8080() throws IOException {
        StackSettings settings = settings();

        assertThat(settings.port()).isEqualTo(8080);
        assertThat(settings.workers()).isEqualTo(1);
        assertThat(settings.data()).isEqualTo(checkout.root().resolve(".millrace"));
        assertThat(settings.infrastructure()).containsExactlyInAnyOrder(Infrastructure.values());
        assertThat(settings.infrastructure()).allMatch(settings::embeds);
        assertThat(settings.models().stream().map(Models::nameOf)).containsExactly("echo", "other", "small");
    }

    @Test
    void everyOptionIsHeard() throws IOException {
        Path model = directory.resolve("mine");
        makeModel(model);

        StackSettings settings = settings(
                "port",
                "9000",
                "data",
                directory + "/kept",
                "workers",
                "3",
                "model",
                model.toString(),
                "kafka",
                "k1:9092,k2:9092",
                "postgres",
                "postgresql://u:p%40ss@db:5433/x?sslmode=require",
                "redis",
                "redis://r:6379");

        assertThat(settings.port()).isEqualTo(9000);
        assertThat(settings.data()).isEqualTo(directory.resolve("kept"));
        assertThat(settings.workers()).isEqualTo(3);
        assertThat(settings.models()).contains("djl:mine=" + model);
        assertThat(settings.external())
                .isEqualTo(new StackSettings.External(
                        "k1:9092,k2:9092",
                        new ExternalPostgres("jdbc:postgresql://db:5433/x?sslmode=require", "u", "p@ss"),
                        "redis://r:6379"));
        assertThat(settings.infrastructure()).noneMatch(settings::embeds);
    }

    @Test
    void theReadmeTellsAllOfThem() throws IOException {
        Set<String> told = Pattern.compile("^\\| (.*) \\| .* \\| .* \\|$", Pattern.MULTILINE)
                .matcher(Files.readString(Checkout.find().module("README.md")))
                .results()
                .flatMap(row ->
                        Pattern.compile("`-D(\\w+)=`").matcher(row.group(1)).results())
                .map(option -> option.group(1))
                .collect(Collectors.toSet());

        assertThat(told).contains(Options.CONFIG).containsAll(Options.NAMES).hasSize(1 + Options.NAMES.size());
    }

    @Test
    void aModelMayHaveBlanksInItsNameButNotWhatEndsNames() throws IOException {
        makeModel(directory.resolve("my models/My model"));
        makeModel(directory.resolve("a@b"));

        assertThat(settings("model", directory + "/my models/My model").models().stream()
                        .map(Models::nameOf))
                .contains("My model");
        assertThatThrownBy(() -> settings("model", directory + "/a@b")).hasMessageContaining("a@b");
    }

    @Test
    void aFileMaySayTheSameAndTheCommandLineCounts() throws IOException {
        Path file = directory.resolve("up.properties");
        Files.writeString(file, "port = 9000\nworkers = 2\n");

        StackSettings settings = settings("config", file.toString(), "port", "9001");

        assertThat(settings.port()).isEqualTo(9001);
        assertThat(settings.workers()).isEqualTo(2);
    }

    @Test
    void aFileWithAnUnknownSettingIsRefused() throws IOException {
        Path file = directory.resolve("up.properties");
        Files.writeString(file, "prot = 9000\n");

        assertThatThrownBy(() -> settings("config", file.toString()))
                .hasMessageContaining("prot")
                .hasMessageContaining("port");
    }

    @ParameterizedTest
    @CsvSource({
        "port, 0",
        "port, -1",
        "port, 65536",
        "port, 70000",
        "port, 99999999999",
        "port, http",
        "workers, 0",
        "workers, 65",
        "workers, two",
        "model, /nowhere",
        "config, /nowhere",
        "postgres, db:5432",
        "postgres, postgresql://u:p@db",
        "postgres, postgresql://u:p@db/",
        "postgres, mysql://u:p@db/x",
        "kafka, broker",
        "kafka, http://broker:9092",
        "redis, cache:6379",
        "redis, redis://",
        "redis, redis://a b",
        "redis, redis://cache/first",
        "redis, rediss://cache:6379/1/2"
    })
    void aValueThatCannotBeIsRefusedByName(String name, String value) {
        assertThatThrownBy(() -> settings(name, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }

    @Test
    void aPasswordIsNotRepeated() {
        for (String[] option : new String[][] {
            {"postgres", "postgresql://u:secret pw@db/x"},
            {"postgres", "u:secret@db"},
            {"redis", "redis:/:secret@cache"},
            {"redis", "rediss://:secret@cache:6379/first"}
        }) {
            assertThatThrownBy(() -> settings(option))
                    .hasMessageContaining(option[0])
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void theRangeThatAPersonHasIsTold() {
        assertThatThrownBy(() -> settings("port", "70000")).hasMessageContaining("between 1 and 65535");
        assertThatThrownBy(() -> settings("workers", "two")).hasMessageContaining("between 1 and 64");
    }

    @Test
    void whatIsWrongWithAModelsDirectoryIsTold() throws IOException {
        Path file = Files.createFile(directory.resolve("a file"));
        Path empty = Files.createDirectory(directory.resolve("empty"));

        assertThatThrownBy(() -> settings("model", directory + "/gone")).hasMessageContaining("is not there");
        assertThatThrownBy(() -> settings("model", file.toString())).hasMessageContaining("is none");
        assertThatThrownBy(() -> settings("model", empty.toString())).hasMessageContaining("config.json");
    }

    @Test
    void aTildeIsTheUsersHome() throws IOException {
        Path home = Path.of(System.getProperty("user.home"));

        assertThat(settings("data", "~/kept").data()).isEqualTo(home.resolve("kept"));
        assertThat(settings("data", "~").data()).isEqualTo(home);
        assertThat(settings("data", "~kept").data()).hasFileName("~kept");
        assertThatThrownBy(() -> settings("model", "~/no model of ours"))
                .hasMessageContaining(home.resolve("no model of ours").toString());
    }

    @Test
    void aCommaTooManyIsNoModel() throws IOException {
        makeModel(directory.resolve("mine"));

        assertThat(settings("model", ", " + directory + "/mine/ ,").models()).hasSize(4);
    }

    @Test
    void twoModelsOfOneNameAreRefused() throws IOException {
        Path model = directory.resolve("small");
        makeModel(model);

        assertThatThrownBy(() -> settings("model", model.toString())).hasMessageContaining("small");
    }

    private StackSettings settings(String... namesAndValues) throws IOException {
        Properties commandLine = new Properties();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            commandLine.setProperty(namesAndValues[i], namesAndValues[i + 1]);
        }
        return Options.read(commandLine).settings(checkout);
    }

    private static void makeModel(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("config.json"), "{}");
    }

    /** Where the locale is C, which it is in many containers, Java has no way to write most letters of the world. */
    @Test
    void aPathThatCannotBeWrittenIsToldWithAWayOut() {
        for (String name : new String[] {"data", "model", "config"}) {
            assertThatThrownBy(() -> settings(name, "d\0t"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(name + " names no path")
                    .hasMessageContaining("LC_ALL=C.UTF-8");
        }
    }
}
