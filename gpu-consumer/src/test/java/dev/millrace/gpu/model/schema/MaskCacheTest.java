package dev.millrace.gpu.model.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaskCacheTest {

    private static final int WIDE = 4000;

    private final MaskCache cache = new MaskCache(512);
    private int workedOut;

    private void ask(Automaton state) {
        cache.get(state, any -> {
            workedOut++;
            return new BitSet();
        });
    }

    private static Automaton state(int readings, int number) {
        List<Form> choices = new ArrayList<>();
        for (int i = 0; i < readings; i++) {
            choices.add(Forms.text(number + "/" + i));
        }
        return Automaton.of(Forms.either(choices));
    }

    @Test
    void whatWasUsedLastIsKept() {
        for (int i = 0; i < 1000; i++) {
            ask(state(1, i));
            ask(state(1, 0));
        }
        assertThat(workedOut).isEqualTo(1000);
    }

    /** A state of thousands of readings takes a thousand times as much as its mask. */
    @Test
    void wideStatesMakeRoomSooner() {
        for (int i = 0; i < 100; i++) {
            ask(state(WIDE, i));
        }
        assertThat(workedOut).isEqualTo(100);
        ask(state(WIDE, 99));
        ask(state(WIDE, 50));
        assertThat(workedOut).isEqualTo(100);
        ask(state(WIDE, 0));
        assertThat(workedOut).isEqualTo(101);
    }
}
