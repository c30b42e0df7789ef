package dev.millrace.session;

/** Settings of a store with long times and wide bounds, of which each test narrows those that it is about. */
public final class Settings {

    private static final long HOUR_MILLIS = 3_600_000;

    private long ttlMillis = HOUR_MILLIS;
    private long leaseMillis = HOUR_MILLIS;
    private long waiterMillis = HOUR_MILLIS;
    private int maxWaiting = 16;
    private int maxMessages = 1000;
    private int maxBytes = 1 << 20;
    private int maxSessions = 1000;

    private Settings() {}

    public static Settings wide() {
        return new Settings();
    }

    public Settings ttlMillis(long millis) {
        this.ttlMillis = millis;
        return this;
    }

    public Settings leaseMillis(long millis) {
        this.leaseMillis = millis;
        return this;
    }

    public Settings waiterMillis(long millis) {
        this.waiterMillis = millis;
        return this;
    }

    public Settings maxWaiting(int most) {
        this.maxWaiting = most;
        return this;
    }

    public Settings maxMessages(int most) {
        this.maxMessages = most;
        return this;
    }

    public Settings maxBytes(int most) {
        this.maxBytes = most;
        return this;
    }

    public Settings maxSessions(int most) {
        this.maxSessions = most;
        return this;
    }

    public SessionConfig config() {
        return new SessionConfig(
                SessionConfig.MEMORY,
                ttlMillis,
                leaseMillis,
                waiterMillis,
                maxWaiting,
                maxMessages,
                maxBytes,
                maxSessions);
    }
}
