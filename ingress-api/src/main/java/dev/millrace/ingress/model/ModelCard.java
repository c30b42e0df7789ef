package dev.millrace.ingress.model;

import dev.millrace.event.Capability;
import dev.millrace.event.ModelAnnounced;
import dev.millrace.event.Price;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;

/** A model as its callers see it: what all pools that serve it can do. */
public record ModelCard(
        String id,
        String provider,
        String description,
        long createdAtMillis,
        int contextTokens,
        int maxOutputTokens,
        Set<Capability> capabilities,
        Price price,
        String fingerprint) {

    public ModelCard {
        capabilities = Set.copyOf(capabilities);
    }

    /** A request may land in any of the pools, so only what each of them can do is promised. */
    static ModelCard of(Collection<ModelAnnounced> announcements) {
        List<ModelAnnounced> pools = announcements.stream()
                .sorted(Comparator.comparing(ModelAnnounced::getPool))
                .toList();
        ModelAnnounced first = pools.get(0);
        Set<Capability> shared = EnumSet.allOf(Capability.class);
        pools.forEach(pool -> shared.retainAll(pool.getCapabilities()));
        return new ModelCard(
                first.getModel(),
                first.getProvider(),
                first.getDescription(),
                first.getCreatedAtMillis(),
                pools.stream().mapToInt(ModelAnnounced::getContextTokens).min().orElseThrow(),
                pools.stream()
                        .mapToInt(ModelAnnounced::getMaxOutputTokens)
                        .min()
                        .orElseThrow(),
                shared,
                first.getPrice(),
                fingerprint(first));
    }

    private static String fingerprint(ModelAnnounced model) {
        CRC32 crc = new CRC32();
        crc.update((model.getModel() + '/' + model.getCreatedAtMillis() + '/' + model.getParameters())
                .getBytes(StandardCharsets.UTF_8));
        return String.format("fp_%08x", crc.getValue());
    }
}
