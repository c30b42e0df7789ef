package dev.millrace.session;

/**
 * Names a session and who asks for it. Ids are unique within a tenant, so tenants never meet; within one, a session
 * belongs to the user who began it.
 */
public record SessionKey(String tenant, String user, String id) {

    public static final int MAX_ID_CHARS = 256;

    public SessionKey {
        if (id.isBlank() || id.length() > MAX_ID_CHARS || id.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a session's id must have 1 to " + MAX_ID_CHARS + " printable characters");
        }
    }
}
