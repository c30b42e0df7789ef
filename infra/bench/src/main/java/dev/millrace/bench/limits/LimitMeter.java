package dev.millrace.bench.limits;

import dev.millrace.bench.report.Timings;
import dev.millrace.gpu.generate.djl.Script;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Measures a device through PyTorch, in several ways, of which the best counts. */
public final class LimitMeter implements AutoCloseable {

    private static final int ROUNDS = 4;
    private static final int MOST_COPIES = 64;
    private static final int ROW_BYTES = 4096;
    private static final long LEAST_BYTES = 1L << 30;
    private static final List<String> READS = List.of("sum", "max", "row_sums", "product");

    /** Rows, inner dimension, columns: large cubes, and the shapes that a prompt's chunks are multiplied in. */
    private static final int[][] PRODUCTS = {
        {512, 1024, 4096},
        {512, 1024, 6144},
        {512, 2048, 1024},
        {512, 3072, 1024},
        {1024, 1024, 1024},
        {2048, 2048, 2048},
        {4096, 4096, 4096},
        {2048, 4096, 1024},
        {1024, 4096, 4096}
    };

    private static final int[][] LARGE_PRODUCTS = {{4096, 4096, 4096}, {8192, 8192, 8192}, {16384, 8192, 4096}};

    private static final double LEAST_OPERATIONS = 2e10;

    private final boolean cuda;
    private final Script plain;
    private final @Nullable Script packed;

    /** @param device as PyTorch names it */
    public LimitMeter(String device) {
        cuda = !device.equals("cpu");
        plain = Script.load("limits", source("limits.py"), device);
        if (cuda) {
            plain.call("use_cuda");
        }
        packed = cuda || !x86() ? null : Script.load("packed", source("packed.py"), device);
    }

    private static boolean x86() {
        return System.getProperty("os.arch").toLowerCase(Locale.ROOT).matches("amd64|x86_64");
    }

    private static String source(String name) {
        try (InputStream in = LimitMeter.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no source " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Limits measure() {
        long cache = cuda ? 0 : LastLevelCache.bytes();
        long bytes = cuda ? 16 * LEAST_BYTES : Math.max(LEAST_BYTES, 4 * cache + (cache >> 2));
        Limit bandwidth = null;
        plain.call("fill", bytes / ROW_BYTES);
        for (String read : READS) {
            bandwidth = best(bandwidth, (double) bytes, "torch." + read, () -> plain.call("read_by_" + read));
        }
        plain.call("drop");
        Script products = packed;
        if (products != null) {
            // One row times as many weights: what a single stream's step does.
            int copies = Math.toIntExact(bytes >> 27) + 1;
            products.call("pack", copies, 1 << 15, 1 << 11);
            products.call("rows", 1, 1 << 11);
            double packedBytes = (double) ((long) copies << 27);
            bandwidth = best(bandwidth, packedBytes, "prepacked product", () -> products.call("multiply"));
            products.call("drop");
        }
        if (bandwidth == null) {
            throw new IllegalStateException("nothing was read");
        }
        return new Limits(bandwidth, arithmetic(), bytes, cache);
    }

    private static Limit best(@Nullable Limit before, double amount, String by, Runnable work) {
        Limit now = new Limit(amount * 1000 / Timings.of(1, ROUNDS, work).minimumMillis(), by);
        return before == null ? now : Limit.better(before, now);
    }

    private Limit arithmetic() {
        Limit best = null;
        for (int[] product : cuda ? LARGE_PRODUCTS : PRODUCTS) {
            int m = product[0];
            int k = product[1];
            int n = product[2];
            double operations = 2.0 * m * k * n;
            long times = (long) Math.max(1, (cuda ? 50 : 1) * LEAST_OPERATIONS / operations);
            String size = "%d x %d x %d".formatted(m, k, n);
            plain.call("matrices", m, k, n);
            best = best(best, times * operations, "torch.mm " + size, () -> plain.call("multiply", times));
            Script products = packed;
            if (products != null) {
                products.call("pack", times, n, k);
                products.call("rows", m, k);
                best = best(best, times * operations, "prepacked product " + size, () -> products.call("multiply"));
            }
        }
        plain.call("drop");
        if (packed != null) {
            packed.call("drop");
        }
        if (best == null) {
            throw new IllegalStateException("nothing was multiplied");
        }
        return best;
    }

    /** Milliseconds of one product of {@code rows} rows with {@code n} rows of {@code k} weights, which no cache holds if they are large. */
    public double productMillis(int rows, int n, int k) {
        long bytes = 2L * n * k;
        int copies = (int) Math.min(MOST_COPIES, Math.max(LEAST_BYTES, 4 * LastLevelCache.bytes()) / bytes + 1);
        Script products = packed;
        if (products == null) {
            plain.call("matrices", rows, k, n);
            return Timings.of(1, ROUNDS * 4, () -> plain.call("multiply", 1)).medianMillis();
        }
        products.call("pack", copies, n, k);
        products.call("rows", rows, k);
        double millis = Timings.of(1, ROUNDS, () -> products.call("multiply")).medianMillis() / copies;
        products.call("drop");
        return millis;
    }

    @Override
    public void close() {
        plain.close();
        if (packed != null) {
            packed.close();
        }
    }
}
