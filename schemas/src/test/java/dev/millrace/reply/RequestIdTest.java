package dev.millrace.reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestIdTest {

    private static final String SECRET = "a-secret-for-this-test";
    private static final long TIME_MILLIS = 1_790_000_000_123L;

    private final RequestIds ids = new RequestIds(SECRET, new Random(1));

    @Test
    void carriesTimePartitionAndOffset() {
        RequestId id = ids.mint(TIME_MILLIS, 7, 123_456_789_012L);
        RequestId read = RequestId.parse(id.toString()).orElseThrow();

        assertThat(read).isEqualTo(id).hasSameHashCodeAs(id);
        assertThat(read.timeMillis()).isEqualTo(TIME_MILLIS);
        assertThat(read.replyPartition()).isEqualTo(7);
        assertThat(read.replyOffset()).isEqualTo(123_456_789_012L);
        assertThat(id.toString()).hasSize(40).matches("[0-9a-z]+");
    }

    @Test
    void survivesAnyValueItCanHold() {
        Random random = new Random(2);
        for (int i = 0; i < 10_000; i++) {
            long time = random.nextLong() >>> 16;
            int partition = random.nextInt(Short.MAX_VALUE + 1);
            long offset = random.nextLong() >>> 16;
            RequestId read = RequestId.parse(ids.mint(time, partition, offset).toString())
                    .orElseThrow();
            assertThat(read.timeMillis()).isEqualTo(time);
            assertThat(read.replyPartition()).isEqualTo(partition);
            assertThat(read.replyOffset()).isEqualTo(offset);
        }
    }

    @Test
    void nobodyMakesItWithoutTheSecret() {
        String secret = "a secret of sixteen characters or more";
        String id =
                new RequestIds(secret, new Random(1)).mint(TIME_MILLIS, 1, 2).toString();
        assertThat(new RequestIds(secret, new Random(1)).mint(TIME_MILLIS, 1, 2))
                .hasToString(id);
        assertThat(new RequestIds("another-secret-for-this", new Random(1))
                        .mint(TIME_MILLIS, 1, 2)
                        .toString())
                .isNotEqualTo(id)
                .startsWith(id.substring(0, 30));
    }

    @Test
    void isDifferentEachTime() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            assertThat(seen.add(ids.mint(TIME_MILLIS, 1, 2).toString())).isTrue();
        }
    }

    @Test
    void isNotReadFromAnythingElse() {
        String text = ids.mint(TIME_MILLIS, 1, 2).toString();
        assertThat(RequestId.parse("")).isEmpty();
        assertThat(RequestId.parse(text + "0")).isEmpty();
        assertThat(RequestId.parse(text.substring(1))).isEmpty();
        assertThat(RequestId.parse("u" + text.substring(1))).isEmpty();
        assertThat(RequestId.parse(text.toUpperCase(java.util.Locale.ROOT))).isEmpty();
    }

    @Test
    void refusesWhatItCannotHold() {
        assertThatThrownBy(() -> ids.mint(-1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ids.mint(0, 1 << 15, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ids.mint(0, 0, 1L << 48)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RequestIds("short", new Random(1))).isInstanceOf(IllegalArgumentException.class);
    }
}
