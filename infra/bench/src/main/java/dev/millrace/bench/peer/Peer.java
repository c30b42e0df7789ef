package dev.millrace.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * llama.cpp's own benchmarks: {@code llama-bench}, {@code llama-batched-bench} and models in GGUF, all below one folder.
 * Each call is a process of its own that loads the model, warms up and measures once.
 */
public final class Peer {

    private static final long PATIENCE_SECONDS = 300;
    private static final int DEPTH = 4;

    /** The forms in which the folder has the model. */
    public enum Form {
        BF16,
        Q4_0
    }

    private final Path folder;
    private final int threads;

    public Peer(Path folder, int threads) {
        this.folder = folder;
        this.threads = threads;
    }

    /** Tokens a second of one stream that goes on after so much context. */
    public double generating(Form form, int context, int tokens) throws IOException {
        return PeerOutput.tokensPerSecond(bench(form, "-p", "0", "-n", "" + tokens, "-d", "" + context));
    }

    /** Tokens a second of reading a prompt. */
    public double reading(Form form, int tokens) throws IOException {
        return PeerOutput.tokensPerSecond(bench(form, "-p", "" + tokens, "-n", "0"));
    }

    /** Tokens a second of several streams together. */
    public double together(Form form, int streams, int context, int tokens) throws IOException {
        String room = "" + streams * (context + tokens);
        return PeerOutput.generatedPerSecond(run(List.of(
                program("llama-batched-bench"),
                "-m",
                model(form),
                "-npp",
                "" + context,
                "-ntg",
                "" + tokens,
                "-npl",
                "" + streams,
                "-c",
                room,
                "-t",
                "" + threads,
                "-tb",
                "" + threads,
                "--output-format",
                "jsonl")));
    }

    private String bench(Form form, String... what) throws IOException {
        List<String> fixed =
                List.of(program("llama-bench"), "-m", model(form), "-t", "" + threads, "-r", "1", "-o", "json");
        return run(Stream.concat(fixed.stream(), Stream.of(what)).toList());
    }

    private String program(String name) throws IOException {
        return find(name, file -> file.equals(name));
    }

    private String model(Form form) throws IOException {
        String name = form.name().toLowerCase(Locale.ROOT);
        return find("*" + name + "*.gguf", file -> file.contains(name) && file.endsWith(".gguf"));
    }

    private String find(String what, java.util.function.Predicate<String> fits) throws IOException {
        try (Stream<Path> files = Files.walk(folder, DEPTH)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> fits.test(file.getFileName().toString().toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> new IOException("there is no " + what + " in " + folder))
                    .toAbsolutePath()
                    .toString();
        }
    }

    private static String run(List<String> command) throws IOException {
        Path output = Files.createTempFile("millrace-peer", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException(command.get(0) + " did not end within " + PATIENCE_SECONDS + " s");
                }
            } finally {
                process.destroyForcibly();
            }
            if (process.exitValue() != 0) {
                throw new IOException(command.get(0) + " ended with " + process.exitValue());
            }
            return Files.readString(output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.delete(output);
        }
    }
}
