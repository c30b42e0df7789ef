package dev.millrace.session;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.net.URI;

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

    public RedisConfig {
        boolean redis = "redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme());
        if (!redis || uri.getHost() == null || uri.getPort() < 0) {
            throw new IllegalArgumentException("millrace.redis.uri must be like redis://host:port");
        }
        if (timeoutMillis <= 0 || connections <= 0) {
            throw new IllegalArgumentException("millrace.redis timeout and connections must be positive");
        }
    }

    /** Without what may be secret. */
    @Override
    public String toString() {
        return uri.getScheme() + "://" + uri.getHost() + ":" + uri.getPort();
    }
}
