package dev.millrace.ingress.identity;

/**
 * Who is calling.
 *
 * @param keyId the key's id, never the key itself
 * @param weight the tenant's share of a full system
 */
public record Caller(String tenant, String user, String keyId, int weight) {

    public Caller {
        if (tenant.isBlank() || user.isBlank() || keyId.isBlank() || weight < 1) {
            throw new IllegalArgumentException("a caller has a tenant, a user, a key and a weight");
        }
    }
}
