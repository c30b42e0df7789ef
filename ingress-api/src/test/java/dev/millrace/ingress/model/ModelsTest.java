package dev.millrace.ingress.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.Capability;
import dev.millrace.event.ModelAnnounced;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelsTest {

    private final Models models = new Models();

    @Test
    void onlyWhatEveryPoolCanDoIsPromised() {
        models.announce("m@a", FakeRules.model("m", "a", List.of(Capability.CHAT, Capability.TOOLS)));
        models.announce(
                "m@b",
                ModelAnnounced.newBuilder(FakeRules.model("m", "b", List.of(Capability.CHAT, Capability.LOGPROBS)))
                        .setContextTokens(100)
                        .setMaxOutputTokens(50)
                        .build());
        ModelCard card = models.find("m").orElseThrow();
        assertThat(card.capabilities()).containsExactly(Capability.CHAT);
        assertThat(card.contextTokens()).isEqualTo(100);
        assertThat(card.maxOutputTokens()).isEqualTo(50);
    }

    @Test
    void theLastPoolTakesTheModelWithIt() {
        models.announce("m@a", FakeRules.model("m", "a", List.of(Capability.CHAT)));
        models.announce("m@b", FakeRules.model("m", "b", List.of(Capability.CHAT)));
        models.withdraw("m@a");
        assertThat(models.list()).extracting(ModelCard::id).containsExactly("m");
        models.withdraw("m@b");
        models.withdraw("m@b");
        assertThat(models.list()).isEmpty();
        assertThat(models.find("m")).isEmpty();
    }

    @Test
    void modelsAreListedInOrderAndKnowTheirFingerprint() {
        models.announce("z@z", FakeRules.model("z", "z", List.of(Capability.CHAT)));
        models.announce("a@a", FakeRules.model("a", "a", List.of(Capability.CHAT)));
        assertThat(models.list()).extracting(ModelCard::id).containsExactly("a", "z");
        assertThat(models.find("a").orElseThrow().fingerprint())
                .startsWith("fp_")
                .isNotEqualTo(models.find("z").orElseThrow().fingerprint());
    }
}
