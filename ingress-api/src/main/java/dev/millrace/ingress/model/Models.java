package dev.millrace.ingress.model;

import dev.millrace.event.ModelAnnounced;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The models that can be asked for now. Written by one thread, read by all. */
@Singleton
public final class Models {

    /** What announcements may add up to; a model more than that is not served here. */
    private static final int MAX_ANNOUNCEMENTS = 100_000;

    private final Map<String, ModelAnnounced> announcements = new HashMap<>();
    private volatile SortedMap<String, ModelCard> cards = new TreeMap<>();

    public Optional<ModelCard> find(String id) {
        return Optional.ofNullable(cards.get(id));
    }

    public List<ModelCard> list() {
        return List.copyOf(cards.values());
    }

    /** A pool serves a model. */
    public synchronized void announce(String key, ModelAnnounced announced) {
        if (announcements.size() < MAX_ANNOUNCEMENTS || announcements.containsKey(key)) {
            announcements.put(key, announced);
            rebuild();
        }
    }

    /** A pool no longer does. */
    public synchronized void withdraw(String key) {
        if (announcements.remove(key) != null) {
            rebuild();
        }
    }

    private void rebuild() {
        cards = announcements.values().stream()
                .collect(Collectors.groupingBy(
                        ModelAnnounced::getModel,
                        TreeMap::new,
                        Collectors.collectingAndThen(Collectors.toList(), ModelCard::of)));
    }
}
