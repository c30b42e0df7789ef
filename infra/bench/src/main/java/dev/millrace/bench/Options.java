package dev.millrace.bench;

import dev.millrace.bench.checkpoint.ModelShape;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
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
            String[] parts = matching("decode", text, DECODE, "like 16x256 or 16x1000+256 with numbers from 1, or none")
                    .split("[x+]", 3);
            int shared = parts.length < 3 ? 0 : Integer.parseInt(parts[1]);
            return new Decode(Integer.parseInt(parts[0]), shared, Integer.parseInt(parts[parts.length - 1]));
        }

        @Override
        public String toString() {
            return sequences + "x" + (shared == 0 ? "" : shared + "+") + context;
        }
    }

    private static final List<String> PATHS = List.of("directory=", "peer=");
    private static final List<String> NAMES = List.of(
            "scenario",
            "directory",
            "peer",
            "device",
            "threads",
            "shape",
            "quantization",
            "decode",
            "prefill",
            "rounds");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern DECODE = Pattern.compile("[1-9]\\d{0,5}x([1-9]\\d{0,5}\\+)?[1-9]\\d{0,5}");
    private static final Pattern DEVICE = Pattern.compile("cpu|cuda(:\\d{1,4})?");

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
        Set<String> unknown = new TreeSet<>(given.keySet());
        NAMES.forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("there is no option " + unknown + "; there are " + NAMES);
        }
        String peer = given.get("peer");
        return new Options(
                one("scenario", given.getOrDefault("scenario", "engine"), Scenario.values()),
                Path.of(given.getOrDefault("directory", "target")),
                peer == null ? null : Path.of(peer),
                matching("device", given.getOrDefault("device", "cpu"), DEVICE, "cpu, cuda or cuda:N"),
                number("threads", given.getOrDefault("threads", "0"), 0),
                ModelShape.named(given.getOrDefault("shape", ModelShape.SMALL.name())),
                list(given.getOrDefault("quantization", "NONE,INT8,INT4_32"))
                        .map(text -> one("quantization", text, Quantization.values()))
                        .toList(),
                list(given.getOrDefault("decode", "1x32,1x256,4x256,16x256"))
                        .map(Decode::of)
                        .toList(),
                list(given.getOrDefault("prefill", "512"))
                        .map(text -> number("prefill", text, 1))
                        .toList(),
                number("rounds", given.getOrDefault("rounds", "20"), 1));
    }

    private static void put(Map<String, String> given, String argument) {
        String[] pair = argument.split("=", 2);
        if (pair.length < 2) {
            throw new IllegalArgumentException("'" + argument + "' is not name=value; there are " + NAMES);
        }
        if (!pair[1].isEmpty()) {
            given.put(pair[0], pair[1]);
        }
    }

    private static <E extends Enum<E>> E one(String name, String text, E[] known) {
        return Arrays.stream(known)
                .filter(each -> each.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() ->
                        refused(name, text, "one of " + Arrays.toString(known).toLowerCase(Locale.ROOT)));
    }

    private static int number(String name, String text, int least) {
        String digits = matching(name, text, NUMBER, "a number");
        if (Integer.parseInt(digits) < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", not " + text);
        }
        return Integer.parseInt(digits);
    }

    private static String matching(String name, String text, Pattern form, String wanted) {
        if (!form.matcher(text).matches()) {
            throw refused(name, text, wanted);
        }
        return text;
    }

    private static IllegalArgumentException refused(String name, String text, String wanted) {
        return new IllegalArgumentException(name + " is '" + text + "', not " + wanted);
    }

    private static Stream<String> list(String text) {
        return text.equals("none") ? Stream.empty() : Arrays.stream(text.split(",", -1));
    }
}
