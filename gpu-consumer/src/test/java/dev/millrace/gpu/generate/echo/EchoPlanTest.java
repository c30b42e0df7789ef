package dev.millrace.gpu.generate.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.RequestKind;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EchoPlanTest {

    private static final EchoConfig CONFIG = new EchoConfig(4, 7, 100);

    @ParameterizedTest
    @CsvSource({
        "echo.fail, before_first_token, metadata.echo.fail",
        "echo.token_millis, 5, metadata.echo.token_millis",
    })
    void refusesTroubleWhereItIsNotAllowed(String key, String value, String param) {
        InferenceRequested request = Requests.saying("a", Map.of(key, value), sampling -> sampling);

        assertRefused(request, false, "invalid_value", param);
    }

    @ParameterizedTest
    @CsvSource({
        "echo.fail, often, metadata.echo.fail",
        "echo.fail, NONE, metadata.echo.fail",
        "echo.token_millis, -1, metadata.echo.token_millis",
        "echo.token_millis, 60001, metadata.echo.token_millis",
        "echo.token_millis, 1.5, metadata.echo.token_millis",
        "echo.token_millis, '', metadata.echo.token_millis",
    })
    void refusesTroubleThatItDoesNotKnow(String key, String value, String param) {
        InferenceRequested request = Requests.saying("a", Map.of(key, value), sampling -> sampling);

        assertRefused(request, true, "invalid_value", param);
    }

    @Test
    void refusesWhatTheContextCannotHold() {
        assertRefused(Requests.saying("w ".repeat(100)), true, "context_length_exceeded", "messages");
        assertRefused(
                Requests.saying("a b", Map.of(), sampling -> sampling.setMaxTokens(99)),
                true,
                "context_length_exceeded",
                "messages");
    }

    @Test
    void refusesAnAnswerThatNobodyCouldHold() throws RefusedException {
        String word = "x".repeat(1 << 20);
        InferenceRequested large = Requests.saying(
                word, Map.of(), sampling -> sampling.setMaxTokens(65).setIgnoreEos(true));
        assertRefused(large, true, "invalid_value", "max_tokens");
        InferenceRequested many = Requests.saying(word, Map.of(), sampling -> sampling.setMaxTokens(9)
                .setIgnoreEos(true)
                .setChoices(8));
        assertRefused(many, true, "invalid_value", "max_tokens");

        InferenceRequested fits = Requests.saying(
                word, Map.of(), sampling -> sampling.setMaxTokens(64).setIgnoreEos(true));
        assertThat(EchoPlan.of(fits, CONFIG, true).limit()).isEqualTo(64);
    }

    @Test
    void fillsTheContextWhereNoLimitIsSet() throws RefusedException {
        assertThat(EchoPlan.of(Requests.saying("a b"), CONFIG, false).limit()).isEqualTo(98);
        assertThat(EchoPlan.of(Requests.saying("w ".repeat(99)), CONFIG, false).limit())
                .isEqualTo(1);
    }

    @Test
    void onlyChats() {
        InferenceRequested request = Requests.saying("a");
        request = InferenceRequested.newBuilder(request)
                .setFacts(RequestFacts.newBuilder(request.getFacts())
                        .setKind(RequestKind.EMBEDDING)
                        .build())
                .build();

        assertRefused(request, true, "invalid_value", "model");
    }

    @Test
    void refusesMessagesThatAreNoJson() {
        assertRefused(Requests.prompt("{", Map.of(), sampling -> sampling), true, "invalid_value", "messages");
    }

    @Test
    void takesPaceAndTroubleFromTheRequest() throws RefusedException {
        Map<String, String> metadata = Map.of("echo.token_millis", "20", "echo.fail", "hang", "other", "ignored");
        EchoPlan plan = EchoPlan.of(Requests.saying("a", metadata, sampling -> sampling), CONFIG, true);

        assertThat(plan.tokenMillis()).isEqualTo(20);
        assertThat(plan.fault()).isEqualTo(EchoFault.HANG);
        assertThat(EchoPlan.of(Requests.saying("a"), CONFIG, false).tokenMillis())
                .isEqualTo(7);
    }

    @Test
    void configurationIsChecked() {
        assertThatThrownBy(() -> new EchoConfig(0, 0, 1)).hasMessageContaining("millrace.echo.slots");
        assertThatThrownBy(() -> new EchoConfig(1, -1, 1)).hasMessageContaining("millrace.echo.token-millis");
        assertThatThrownBy(() -> new EchoConfig(1, 0, 0)).hasMessageContaining("millrace.echo.context-tokens");
    }

    private static void assertRefused(InferenceRequested request, boolean faultsAllowed, String code, String param) {
        RefusedException refused =
                catchThrowableOfType(RefusedException.class, () -> EchoPlan.of(request, CONFIG, faultsAllowed));
        assertThat(refused.failure().getStatus()).isEqualTo(400);
        assertThat(refused.failure().getCode()).isEqualTo(code);
        assertThat(refused.failure().getParam()).isEqualTo(param);
    }
}
