package dev.millrace.local.process;

import java.time.Duration;

/** How long to wait before a dead process is started again: longer each time, until it has lived for a while. */
record Backoff(Duration first, Duration longest, Duration healthyAfter) {

    static final Backoff DEFAULT = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(20), Duration.ofSeconds(30));

    Duration delay(int deathsInARow) {
        int doublings = Math.min(Math.max(deathsInARow - 1, 0), 20);
        Duration delay = first.multipliedBy(1L << doublings);
        return delay.compareTo(longest) > 0 ? longest : delay;
    }

    /** How many deaths in a row there have been, counting one after the given life. */
    int afterDeath(int deathsInARow, Duration lived) {
        return lived.compareTo(healthyAfter) >= 0 ? 1 : deathsInARow + 1;
    }
}
