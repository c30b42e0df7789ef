package dev.millrace.bench.engine;

import dev.millrace.bench.checkpoint.ModelShape;
import dev.millrace.bench.report.Line;
import dev.millrace.bench.report.Resident;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a model takes once it is loaded, and what it takes more once it has been used. */
final class Memory {

    private static final String WEIGHTS = "memory of the weights, of their bytes in the checkpoint";
    private static final String USE = "memory that use added to weights and cache";
    private static final double MOST_ADDED_MEBIBYTES = 256;

    private final long weightBytes;
    private final long cacheBytes;
    private final @Nullable Resident before;
    private @Nullable Resident loaded;

    private Memory(long weightBytes, long cacheBytes, @Nullable Resident before) {
        this.weightBytes = weightBytes;
        this.cacheBytes = cacheBytes;
        this.before = before;
    }

    static Memory before(ModelShape shape, long cacheTokens) throws IOException {
        return new Memory(
                shape.weightBytes(), shape.cacheBytes(cacheTokens), Resident.isTold() ? Resident.now() : null);
    }

    void loaded() throws IOException {
        loaded = before == null ? null : Resident.now();
    }

    List<Line> used() throws IOException {
        if (before == null || loaded == null) {
            String reason = "this system does not tell a process's memory";
            return List.of(Line.notRun(WEIGHTS, reason), Line.notRun(USE, reason));
        }
        Resident grown = loaded.since(before);
        String basis = String.format(
                Locale.ROOT,
                "loading added %s, of which %.0f MiB are the cache as configured; weights %.0f MiB",
                grown,
                Resident.mebibytes(cacheBytes),
                Resident.mebibytes(weightBytes));
        double share = (grown.bytes() - cacheBytes) / (double) weightBytes;
        Resident more = Resident.now().since(loaded);
        return List.of(
                Line.atMostShare(WEIGHTS, share, 1.1, basis),
                Line.atMost(
                        USE,
                        Resident.mebibytes(more.ownBytes()),
                        MOST_ADDED_MEBIBYTES,
                        "MiB",
                        String.format(
                                Locale.ROOT,
                                "the cache was filled more than once; beside it %.0f MiB of mapped libraries were read",
                                Resident.mebibytes(more.fileBytes()))));
    }
}
