package dev.millrace.session;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * How to reach Redis.
 *
 * @param uri {@code redis://} or, with TLS, {@code rediss://}, then {@code user:password@host:port/database} as far as
 *     it is needed
 * @param timeoutMillis how long an answer may take
 * @param connections how many connections are held at most
 */
@ConfigurationProperties("millrace.redis")
public record RedisConfig(
        @Bindable(defaultValue = "redis://localhost:6379") URI uri,
        @Bindable(defaultValue = "1000") int timeoutMillis,
        @Bindable(defaultValue = "16") int connections) {

    private static final Pattern DATABASE = Pattern.compile("(/\\d{0,9})?");
    private static final int DEFAULT_PORT = 6379;

    public RedisConfig {
        boolean redis = "redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme());
        if (!redis || uri.getHost() == null || !DATABASE.matcher(uri.getPath()).matches()) {
            throw new IllegalArgumentException("millrace.redis.uri must be like redis://host:port/database");
        }
        if (timeoutMillis <= 0 || connections <= 0) {
            throw new IllegalArgumentException("millrace.redis timeout and connections must be positive");
        }
    }

    /** The port that Redis has where none is named. */
    public int port() {
        return uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    }

    /** Without what may be secret. */
    @Override
    public String toString() {
        return uri.getScheme() + "://" + uri.getHost() + ":" + port();
    }
}
