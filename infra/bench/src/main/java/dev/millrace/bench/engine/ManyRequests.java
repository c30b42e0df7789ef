package dev.millrace.bench.engine;

import dev.millrace.bench.checkpoint.ModelShape;
import dev.millrace.bench.report.Line;
import dev.millrace.bench.report.Resident;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

/** Ten thousand requests to a tiny model, and what they leave behind: in the heap, and in all that is not heap. */
final class ManyRequests {

    private static final String WHAT = "memory that 10,000 requests left behind";
    private static final int REQUESTS = 10_000;
    /** Until the native libraries have compiled and kept what the widths of steps need. */
    private static final int WARMUPS = 10_000;

    private static final int SAMPLES = 10;
    private static final int IN_FLIGHT = 32;
    private static final int TOKENS = 4;
    private static final double MOST_MEBIBYTES = 16;

    private final Served.Place place;

    ManyRequests(Served.Place place) {
        this.place = place;
    }

    List<Line> lines() throws IOException {
        if (!Resident.isTold()) {
            return List.of(Line.notRun(WHAT, "this system does not tell a process's memory"));
        }
        Served.Place single = new Served.Place(place.models(), place.device(), 1, IN_FLIGHT, place.cacheTokens());
        try (Served served = single.load(ModelShape.TINY, Quantization.NONE)) {
            ask(served.asker(), WARMUPS);
            Kept before = Kept.over(served.asker());
            Kept after = Kept.over(served.asker());
            double added = after.residentMebibytes() - before.residentMebibytes();
            double heapAdded = after.heapMebibytes() - before.heapMebibytes();
            String basis = String.format(
                    Locale.ROOT,
                    "resident %.1f MiB, live objects %.1f MiB; medians of %d each",
                    added,
                    heapAdded,
                    SAMPLES);
            return List.of(Line.atMost(WHAT, Math.max(added, heapAdded), MOST_MEBIBYTES, "MiB", basis));
        }
    }

    /** What is there while so many requests come: allocators breathe, so one look tells little. */
    private record Kept(double residentMebibytes, double heapMebibytes) {

        static Kept over(Asker asker) throws IOException {
            double[] resident = new double[SAMPLES];
            double[] heap = new double[SAMPLES];
            for (int i = 0; i < SAMPLES; i++) {
                ask(asker, REQUESTS / SAMPLES);
                heap[i] = Resident.mebibytes(heapBytes());
                resident[i] = Resident.mebibytes(Resident.now().ownBytes());
            }
            return new Kept(Rates.median(resident), Rates.median(heap));
        }
    }

    private static void ask(Asker asker, int requests) {
        Semaphore free = new Semaphore(IN_FLIGHT);
        List<Answer> answers = IntStream.range(0, requests)
                .mapToObj(i -> {
                    free.acquireUninterruptibly();
                    Answer answer = asker.ask(asker.prompt(8 + i % 24), TOKENS);
                    answer.whenOver(free::release);
                    return answer;
                })
                .toList();
        answers.forEach(Answer::await);
    }

    private static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
