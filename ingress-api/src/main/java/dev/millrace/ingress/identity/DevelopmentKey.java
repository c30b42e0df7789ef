package dev.millrace.ingress.identity;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one key of a development stack. */
@Singleton
final class DevelopmentKey implements Identity {

    private static final Logger LOG = LoggerFactory.getLogger(DevelopmentKey.class);
    private static final Caller DEVELOPER = new Caller("development", "developer", "development", 100);

    private final Optional<byte[]> digest;

    DevelopmentKey(IdentityConfig config) {
        this.digest =
                config.developmentKey().isEmpty() ? Optional.empty() : Optional.of(sha256(config.developmentKey()));
        if (digest.isEmpty()) {
            LOG.warn("No key is configured, so nobody may call");
        }
    }

    /** Digests are compared, and in constant time, so that neither the key's length nor its beginning can be found out. */
    @Override
    public Optional<Caller> identify(String credential) {
        return digest.filter(known -> MessageDigest.isEqual(known, sha256(credential)))
                .map(known -> DEVELOPER);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
