package dev.millrace.bench;

import dev.millrace.bench.checkpoint.ModelShape;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is to be measured, and with what.
 *
 * @param directory where models and reports are written
 * @param peer the folder with another engine's binaries and models, or null for no comparison
 * @param shape of the model whose steps are timed, as are all that follow
 * @param rounds how often each step is timed
 */
public record Options(
        Scenario scenario,
        Path directory,
        @Nullable Path peer,
        String device,
        int threads,
        ModelShape shape,
        List<Quantization> quantizations,
        List<Decode> decodes,
        List<Integer> prefills,
        int rounds) {

    /** A report to be made. */
    public enum Scenario {
        ENGINE,
        GPU,
        STEPS
    }

    /**
     * So many sequences with so much context, written {@code 16x256}; {@code 16x1000+256} where they share a beginning of
     * 1,000 tokens before that.
     */
    public record Decode(int sequences, int shared, int context) {

        static Decode of(String text) {
            String[] parts = text.split("[x+]", 3);
            int shared = parts.length < 3 ? 0 : Integer.parseInt(parts[1]);
            return new Decode(Integer.parseInt(parts[0]), shared, Integer.parseInt(parts[parts.length - 1]));
        }

        @Override
        public String toString() {
            return sequences + "x" + (shared == 0 ? "" : shared + "+") + context;
        }
    }

    private static final List<String> PATHS = List.of("directory=", "peer=");

    public Options {
        quantizations = List.copyOf(quantizations);
        decodes = List.copyOf(decodes);
        prefills = List.copyOf(prefills);
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds must be at least 1");
        }
    }

    /**
     * Reads {@code name=value} pairs, several of them in one argument if need be, but for paths, which may have blanks; an
     * empty value is none.
     */
    static Options of(String[] arguments) {
        Map<String, String> given = new LinkedHashMap<>();
        Arrays.stream(arguments)
                .flatMap(argument -> PATHS.stream().anyMatch(argument::startsWith)
                        ? Stream.of(argument)
                        : Arrays.stream(argument.split("\\s+", -1)))
                .filter(argument -> !argument.isEmpty())
                .forEach(argument -> put(given, argument));
        String peer = given.remove("peer");
        Options options = new Options(
                Scenario.valueOf(take(given, "scenario", "engine").toUpperCase(java.util.Locale.ROOT)),
                Path.of(take(given, "directory", "target")),
                peer == null ? null : Path.of(peer),
                take(given, "device", "cpu"),
                Integer.parseInt(take(given, "threads", "0")),
                ModelShape.named(take(given, "shape", ModelShape.SMALL.name())),
                list(take(given, "quantization", "NONE,INT8,INT4_32")).stream()
                        .map(Quantization::valueOf)
                        .toList(),
                list(take(given, "decode", "1x32,1x256,4x256,16x256")).stream()
                        .map(Decode::of)
                        .toList(),
                list(take(given, "prefill", "512")).stream()
                        .map(Integer::valueOf)
                        .toList(),
                Integer.parseInt(take(given, "rounds", "20")));
        if (!given.isEmpty()) {
            throw new IllegalArgumentException("unknown: " + given.keySet());
        }
        return options;
    }

    private static void put(Map<String, String> given, String argument) {
        String[] pair = argument.split("=", 2);
        if (pair.length < 2) {
            throw new IllegalArgumentException(argument + " is not name=value");
        }
        if (!pair[1].isEmpty()) {
            given.put(pair[0], pair[1]);
        }
    }

    private static String take(Map<String, String> given, String name, String otherwise) {
        String value = given.remove(name);
        return value == null ? otherwise : value;
    }

    private static List<String> list(String text) {
        return text.equals("none") ? List.of() : new ArrayList<>(List.of(text.split(",")));
    }
}
