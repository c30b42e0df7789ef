package dev.millrace.local.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedTest {

    private static final int AT_ONCE = 4;
    private static final int ROUNDS = 20;

    /** As stacks do that are started at the same time in a checkout that is new. */
    @Test
    void manyMayUnpackTheSameAtOnce(@TempDir Path directory) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                Path tools = directory.resolve("tools-" + round);
                CyclicBarrier together = new CyclicBarrier(AT_ONCE);
                List<Future<Path>> places = new ArrayList<>();
                for (int i = 0; i < AT_ONCE; i++) {
                    places.add(threads.submit(() -> {
                        together.await();
                        return Unpacked.archive("small.txz", tools);
                    }));
                }
                for (Future<Path> place : places) {
                    assertThat(place.get().resolve("bin/hello")).isExecutable().hasContent("hello");
                }
                try (Stream<Path> left = Files.list(tools)) {
                    assertThat(left).containsExactly(places.get(0).get());
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
