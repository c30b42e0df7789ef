package dev.millrace.service;

import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was last found out about a dependency: asked again once it is old, however often somebody wants to know, and where
 * the clock was set back, so that nothing tells how old it is.
 */
public final class FreshState {

    private static final long FRESH_MILLIS = 1000;

    private final InstantSource clock;
    private final Supplier<Dependency.State> ask;
    private Dependency.@Nullable State last;
    private long lastAtMillis;

    public FreshState(InstantSource clock, Supplier<Dependency.State> ask) {
        this.clock = clock;
        this.ask = ask;
    }

    public synchronized Dependency.State get() {
        Dependency.State known = last;
        if (known == null || Math.abs(clock.millis() - lastAtMillis) > FRESH_MILLIS) {
            known = ask.get();
            last = known;
            lastAtMillis = clock.millis();
        }
        return known;
    }
}
