package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ElsewhereTest {

    /** Nobody listens there. */
    private static final String NOBODY = "127.0.0.1:1";

    private ServerSocket somebody;

    @BeforeEach
    void listen() throws Exception {
        somebody = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws Exception {
        somebody.close();
    }

    @Test
    void whatAnswersIsUsed() {
        String answers = "127.0.0.1:" + somebody.getLocalPort();

        assertThat(hindrance(null, null, null)).isNull();
        assertThat(hindrance(NOBODY + " , " + answers, null, "redis://:pw@" + answers + "/0"))
                .isNull();
    }

    @Test
    void whatDoesNotAnswerIsNamedByItsAddressAndItsOption() {
        assertThat(hindrance(NOBODY + ",127.0.0.1:99999", null, null)).contains(NOBODY, "-Dkafka=");
        assertThat(hindrance("nowhere.invalid:9092", null, null)).contains("nowhere.invalid:9092");
        assertThat(hindrance(null, null, "redis://:secret@" + NOBODY))
                .contains(NOBODY, "-Dredis=")
                .doesNotContain("secret");
        assertThat(hindrance(null, "postgresql://u:secret@" + NOBODY + "/db", null))
                .contains(NOBODY, "-Dpostgres=")
                .doesNotContain("secret");
    }

    private static @Nullable String hindrance(
            @Nullable String kafka, @Nullable String postgres, @Nullable String redis) {
        return Elsewhere.hindrance(new StackSettings.External(
                        kafka, postgres == null ? null : ExternalPostgres.parse(postgres), redis))
                .orElse(null);
    }
}
