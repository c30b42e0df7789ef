package dev.millrace.router.schedule;

import dev.millrace.event.RoutingRules;
import java.util.Optional;

/** What is said about models. */
public interface Rulebook {

    /** A model's rules; empty where every pool that announces it may serve it. */
    Optional<RoutingRules> rules(String model);

    /** Whether there are rules for the model, or anybody ever announced it. */
    boolean isKnown(String model);
}
