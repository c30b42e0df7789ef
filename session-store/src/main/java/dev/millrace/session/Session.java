package dev.millrace.session;

/**
 * A session as its user sees it.
 *
 * @param messageCount messages of the turns that have ended
 * @param tokenCount tokens of the conversation, as counted with its last turn
 * @param lastActivityMillis when a turn last began or ended
 * @param expiresAtMillis when it will be forgotten if nobody uses it
 */
public record Session(
        String id,
        String user,
        int messageCount,
        long tokenCount,
        long createdAtMillis,
        long lastActivityMillis,
        long expiresAtMillis,
        Status status) {

    /** Whether a turn is under way. */
    public enum Status {
        IDLE,
        BUSY
    }
}
