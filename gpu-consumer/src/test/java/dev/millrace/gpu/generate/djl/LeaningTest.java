package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaningTest {

    private final Leaning leaning = new Leaning();

    @Test
    void weightsBeginAsTheyWereLoaded() {
        assertThat(leaning.fromColumns()).isTrue();
        assertThat(leaning.toColumns()).isFalse();
    }

    @Test
    void eightStepsOfOneOrTwoRowsSpeakForColumns() {
        for (int i = 1; i <= 7; i++) {
            leaning.saw(1 + i % 2, 1 + i % 2);
            assertThat(leaning.toColumns()).as("after %d", i).isFalse();
        }
        leaning.saw(1, 1);
        assertThat(leaning.toColumns()).isTrue();
    }

    @Test
    void sixteenStepsOfSeveralStreamsSpeakAgainstThem() {
        see(100, 1, 1);
        for (int i = 1; i <= 15; i++) {
            leaning.saw(3, 3);
            assertThat(leaning.fromColumns()).as("after %d", i).isFalse();
            assertThat(leaning.toColumns()).as("after %d", i).isFalse();
        }
        leaning.saw(300, 3);
        assertThat(leaning.fromColumns()).isTrue();
    }

    @Test
    void manyStreamsSpeakLouderAndNoneTooLoud() {
        see(100, 1, 1);
        see(3, 16, 16);
        assertThat(leaning.fromColumns()).isFalse();
        see(1, 16, 16);
        assertThat(leaning.fromColumns()).isTrue();
        see(8, 2, 2);
        see(3, 500, 400);
        assertThat(leaning.fromColumns()).isFalse();
        see(1, 500, 400);
        assertThat(leaning.fromColumns()).isTrue();
    }

    @Test
    void shortPromptsSpeakForNeither() {
        see(50, 200, 0);
        assertThat(leaning.fromColumns()).isTrue();
        see(8, 1, 1);
        see(50, 200, 0);
        see(50, 201, 1);
        assertThat(leaning.toColumns()).isTrue();
    }

    @Test
    void longPromptsSpeakAgainstColumnsWhereNobodyWritesInBetween() {
        see(8, 1, 1);
        see(15, 512, 1);
        assertThat(leaning.fromColumns()).isFalse();
        see(1, 256, 0);
        assertThat(leaning.fromColumns()).isTrue();
        see(8, 1, 1);
        for (int i = 0; i < 50; i++) {
            see(4, 512, 0);
            see(2, 1, 1);
            assertThat(leaning.toColumns()).isTrue();
        }
    }

    @Test
    void whoComesForAMomentChangesNothing() {
        see(8, 1, 1);
        for (int i = 0; i < 20; i++) {
            see(10, 3, 3);
            assertThat(leaning.fromColumns()).isFalse();
            see(5, 1, 1);
            assertThat(leaning.toColumns()).isTrue();
        }
    }

    private void see(int steps, int tokens, int streams) {
        for (int i = 0; i < steps; i++) {
            leaning.saw(tokens, streams);
        }
    }
}
