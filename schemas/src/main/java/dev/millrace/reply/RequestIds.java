package dev.millrace.reply;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes request ids. All doors of a deployment share the secret, which nobody else has. */
public final class RequestIds {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int MIN_SECRET_CHARS = 16;

    private final SecretKeySpec key;
    private final RandomGenerator random;

    public RequestIds(String secret, RandomGenerator random) {
        if (secret.length() < MIN_SECRET_CHARS) {
            throw new IllegalArgumentException("the secret must have " + MIN_SECRET_CHARS + " characters or more");
        }
        this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
        this.random = random;
    }

    public RequestId mint(long timeMillis, int replyPartition, long replyOffset) {
        byte[] signed = RequestId.signedPart(timeMillis, replyPartition, replyOffset, random.nextLong());
        return RequestId.of(signed, mac(signed));
    }

    private byte[] mac(byte[] signed) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return Arrays.copyOf(mac.doFinal(signed), RequestId.MAC_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
