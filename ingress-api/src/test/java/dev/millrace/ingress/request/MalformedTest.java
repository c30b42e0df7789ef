package dev.millrace.ingress.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.event.Failure;
import dev.millrace.event.RequestKind;
import dev.millrace.ingress.error.RefusedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of bad request is refused by name, and its nearest good neighbour is taken. */
class MalformedTest {

    private static final Requests REQUESTS = new Requests();

    record Case(RequestKind door, String what, String param, String bad, String good) {

        @Override
        public String toString() {
            return door + ": " + what;
        }
    }

    static Stream<Case> cases() throws IOException {
        return Stream.of(
                        cases(RequestKind.CHAT, "/malformed.tsv"),
                        cases(RequestKind.COMPLETION, "/malformed-completions.tsv"),
                        cases(RequestKind.EMBEDDING, "/malformed-embeddings.tsv"))
                .flatMap(List::stream);
    }

    private static List<Case> cases(RequestKind door, String file) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(MalformedTest.class.getResourceAsStream(file)), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .map(parts -> new Case(door, parts[0], parts[1], unescape(parts[2]), unescape(parts[3])))
                    .toList();
        }
    }

    private static String unescape(String text) {
        return text.replace("\\\\", "\u0001").replace("\\n", "\n").replace("\u0001", "\\");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theBadOneIsRefusedByName(Case given) {
        Failure failure = refusal(() -> REQUESTS.make(given.door(), given.bad()));

        assertThat(failure.getStatus()).isEqualTo(400);
        assertThat(failure.getType()).isEqualTo("invalid_request_error");
        assertThat(failure.getParam()).isEqualTo(given.param().equals("-") ? null : given.param());
        assertThat(failure.getMessage())
                .isNotBlank()
                .hasSizeLessThan(1000)
                .doesNotContain("REDACTED", "Feature", "fasterxml", "Constraints");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void itsNeighbourIsTaken(Case given) {
        assertThat(REQUESTS.make(given.door(), given.good()).getRequestId()).hasSize(40);
    }

    @Test
    void thereAreEnoughOfThem() throws IOException {
        assertThat(cases()).hasSizeGreaterThan(100);
    }

    @Test
    void brokenUtf8IsNoText() {
        byte[][] broken = {
            {(byte) 0xff},
            {(byte) 0xc0, (byte) 0xaf},
            {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            {(byte) 0xe2, (byte) 0x82}
        };
        for (byte[] bytes : broken) {
            byte[] head = "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\""
                    .getBytes(StandardCharsets.US_ASCII);
            byte[] tail = "\"}]}".getBytes(StandardCharsets.US_ASCII);
            byte[] body = new byte[head.length + bytes.length + tail.length];
            System.arraycopy(head, 0, body, 0, head.length);
            System.arraycopy(bytes, 0, body, head.length, bytes.length);
            System.arraycopy(tail, 0, body, head.length + bytes.length, tail.length);
            assertThat(refusal(body).getCode()).isEqualTo("invalid_encoding");
        }
    }

    @Test
    void otherEncodingsAreNotGuessedAt() {
        String body = "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        assertThat(refusal(body.getBytes(StandardCharsets.UTF_16)).getStatus()).isEqualTo(400);
        assertThat(refusal(body.getBytes(StandardCharsets.UTF_16LE)).getStatus())
                .isEqualTo(400);
    }

    private static Failure refusal(byte[] body) {
        return refusal(() -> REQUESTS.make(body));
    }

    private static Failure refusal(ThrowingCallable making) {
        RefusedException refused = catchThrowableOfType(RefusedException.class, making);
        assertThat(refused).as("refused").isNotNull();
        return refused.failure();
    }
}
