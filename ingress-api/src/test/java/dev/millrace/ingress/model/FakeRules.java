package dev.millrace.ingress.model;

import dev.millrace.event.Capability;
import dev.millrace.event.ModelAnnounced;
import dev.millrace.event.Price;
import dev.millrace.service.Dependency;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Replaces;
import java.util.List;

/** Rules that a test writes by hand. */
@Context
@Replaces(RulesReader.class)
public final class FakeRules implements Dependency {

    @Override
    public String name() {
        return "rules";
    }

    @Override
    public State state() {
        return State.up("by hand");
    }

    public static ModelAnnounced echo() {
        return model("echo", "echo", List.of(Capability.CHAT, Capability.CHOICES, Capability.FAULTS));
    }

    public static ModelAnnounced able() {
        return model("able", "able", List.of(Capability.values()));
    }

    public static ModelAnnounced model(String id, String pool, List<Capability> capabilities) {
        return ModelAnnounced.newBuilder()
                .setModel(id)
                .setPool(pool)
                .setProvider("local")
                .setDescription("For tests")
                .setCreatedAtMillis(1_700_000_000_000L)
                .setContextTokens(8192)
                .setMaxOutputTokens(4096)
                .setCapabilities(capabilities)
                .setPrice(new Price(100_000L, 50_000L, 200_000L))
                .build();
    }
}
