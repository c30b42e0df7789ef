package dev.millrace.gpu.generate.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShareTest {

    @Test
    void oneAloneGetsEverything() {
        assertThat(Share.of(100, List.of(500))).containsExactly(100);
        assertThat(Share.of(100, List.of(30))).containsExactly(30);
        assertThat(Share.of(100, List.of())).isEmpty();
    }

    @Test
    void aShortPromptDoesNotWaitBehindALongOneNorTheLongOneForever() {
        assertThat(Share.of(100, List.of(5000, 4000, 20))).containsExactly(50, 30, 20);
        assertThat(Share.of(100, List.of(5000, 20))).containsExactly(80, 20);
        assertThat(Share.of(1, List.of(5000, 20))).containsExactly(1, 0);
    }

    @Test
    void roomIsThereExactlyWhenOneMoreWouldGetSomething() {
        Random random = new Random(2);
        for (int round = 0; round < 5_000; round++) {
            int budget = 1 + random.nextInt(64);
            List<Integer> pending =
                    random.ints(random.nextInt(5), 2, 80).boxed().toList();
            List<Integer> more = new java.util.ArrayList<>(pending);
            more.add(10_000);
            int[] granted = Share.of(budget, more);
            assertThat(Share.hasRoom(budget, pending)).isEqualTo(granted[granted.length - 1] > 0);
            assertThat(Arrays.stream(granted).sum()).isEqualTo(budget);
        }
    }
}
