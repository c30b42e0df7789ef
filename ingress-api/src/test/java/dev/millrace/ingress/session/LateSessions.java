package dev.millrace.ingress.session;

import dev.millrace.session.SessionConfig;
import dev.millrace.session.SessionStore;
import dev.millrace.session.memory.MemorySessionStore;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Sessions that end a turn late ({@code slow}) or never ({@code stuck}). */
@Factory
final class LateSessions {

    private static final long LATE_MILLIS = 700;

    @Singleton
    @Replaces(MemorySessionStore.class)
    @Requires(property = "test.sessions")
    SessionStore store(SessionConfig config, Clock clock, @Value("${test.sessions}") String how) {
        MemorySessionStore memory = new MemorySessionStore(config, clock);
        CountDownLatch never = new CountDownLatch(1);
        return (SessionStore) Proxy.newProxyInstance(
                SessionStore.class.getClassLoader(),
                new Class<?>[] {SessionStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("end")) {
                        long millis = how.equals("stuck") ? TimeUnit.HOURS.toMillis(1) : LATE_MILLIS;
                        never.await(millis, TimeUnit.MILLISECONDS);
                    }
                    return method.invoke(memory, arguments);
                });
    }
}
