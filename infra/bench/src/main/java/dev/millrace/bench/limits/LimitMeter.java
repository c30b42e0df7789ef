package dev.millrace.bench.limits;

import dev.millrace.gpu.generate.djl.PassingThread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures a device through PyTorch, in several ways, of which the best counts, on threads that leave no helpers. */
public final class LimitMeter {

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

    /** How many columns a block of weights has for the kernel that sums bags. */
    private static final int BLOCK = 128;

    private static final int BFLOAT16 = 15;
    private static final int FLOAT32 = 6;

    private final Scripts scripts;
    private final Products products;
    private final boolean cuda;
    private final long cacheBytes;
    private final long readBytes;

    /** @param device as PyTorch names it */
    public LimitMeter(String device) {
        scripts = new Scripts(device);
        products = scripts.products();
        cuda = !device.equals("cpu");
        cacheBytes = cuda ? 0 : LastLevelCache.bytes();
        readBytes = cuda ? 16 * LEAST_BYTES : Math.max(LEAST_BYTES, 4 * cacheBytes + (cacheBytes >> 2));
    }

    public Limits measure() {
        return PassingThread.run(() -> new Limits(best(reads()), best(products()), readBytes, cacheBytes));
    }

    /** The way that a limit was reached in, to be measured again and again, next to what is held to it. */
    public Gauge gauge(Limit limit) {
        return PassingThread.run(() -> new Gauge(limit.way(), scripts));
    }

    private Limit best(List<Way> ways) {
        Limit best = null;
        for (Way way : ways) {
            try (Gauge gauge = new Gauge(way, scripts)) {
                Limit now = new Limit(gauge.now(ROUNDS), way);
                best = best == null ? now : Limit.better(best, now);
            }
        }
        if (best == null) {
            throw new IllegalStateException("there is no way to measure this");
        }
        return best;
    }

    private List<Way> reads() {
        List<Way> ways = new ArrayList<>();
        for (String read : READS) {
            ways.add(new Way(
                    "torch." + read,
                    readBytes,
                    false,
                    script -> script.call("fill", readBytes / ROW_BYTES),
                    script -> script.call("read_by_" + read)));
        }
        // One row times as many weights: what a single stream's step does.
        long copies = (readBytes >> 27) + 1;
        if (products == Products.PACKED) {
            ways.add(packed("prepacked product", copies << 27, copies, 1, 1 << 11, 1 << 15));
            ways.add(laid("bags of embeddings", copies << 27, copies, 1 << 11, 1 << 15));
        } else if (products == Products.HALVES) {
            ways.add(halved("product of float16", copies << 27, copies, 1, 1 << 11, 1 << 15));
        }
        return ways;
    }

    private List<Way> products() {
        List<Way> ways = new ArrayList<>();
        for (int[] product : cuda ? LARGE_PRODUCTS : PRODUCTS) {
            int m = product[0];
            int k = product[1];
            int n = product[2];
            double operations = 2.0 * m * k * n;
            long times = (long) Math.max(1, (cuda ? 50 : 1) * LEAST_OPERATIONS / operations);
            String size = String.format(Locale.ROOT, "%d x %d x %d", m, k, n);
            if (products == Products.HALVES) {
                ways.add(plain("torch.mm of float32 " + size, times * operations, times, m, k, n, FLOAT32));
                ways.add(halved("product of float16 " + size, times * operations, times, m, k, n));
            } else {
                ways.add(plain("torch.mm " + size, times * operations, times, m, k, n, BFLOAT16));
            }
            if (products == Products.PACKED) {
                ways.add(packed("prepacked product " + size, times * operations, times, m, k, n));
            }
        }
        return ways;
    }

    private static Way plain(String by, double amount, long times, long m, long k, long n, int dtype) {
        return new Way(
                by,
                amount,
                false,
                script -> script.call("matrices", m, k, n, dtype),
                script -> script.call("multiply", times));
    }

    private static Way packed(String by, double amount, long copies, long m, long k, long n) {
        return new Way(
                by,
                amount,
                true,
                script -> {
                    script.call("pack", copies, n, k);
                    script.call("rows", m, k);
                },
                script -> script.call("multiply"));
    }

    private static Way halved(String by, double amount, long copies, long m, long k, long n) {
        return new Way(
                by,
                amount,
                true,
                script -> {
                    script.call("halve", copies, n, k);
                    script.call("rows", m, k);
                },
                script -> script.call("multiply_halves"));
    }

    private static Way laid(String by, double amount, long copies, long k, long n) {
        int width = n % (2 * BLOCK) == 0 ? 2 * BLOCK : BLOCK;
        return new Way(
                by, amount, true, script -> script.call("lay", copies, n, k, width), script -> script.call("weigh"));
    }

    /**
     * Milliseconds of a product of {@code rows} rows with {@code n} rows of {@code k} weights, which no cache holds if they
     * are large: the mean of at least so many, as a step's time is a mean over steps, in the quicker of two ways if it is
     * one row.
     */
    public double productMillis(int rows, int n, int k, int times) {
        long bytes = 2L * n * k;
        long copies = Math.min(MOST_COPIES, Math.max(LEAST_BYTES, 4 * cacheBytes) / bytes + 1);
        List<Way> ways = new ArrayList<>();
        switch (products) {
            case PLAIN -> ways.add(plain("", 1, 1, rows, k, n, BFLOAT16));
            case HALVES -> ways.add(halved("", copies, copies, rows, k, n));
            case PACKED -> {
                ways.add(packed("", copies, copies, rows, k, n));
                if (rows == 1) {
                    ways.add(laid("", copies, copies, k, n));
                }
            }
        }
        int rounds = (int) Math.max(1, times / copies);
        return PassingThread.run(() -> ways.stream()
                .mapToDouble(way -> {
                    try (Gauge gauge = new Gauge(way, scripts)) {
                        return 1000 / gauge.steadily(rounds);
                    }
                })
                .min()
                .orElseThrow());
    }
}
