package dev.millrace.session.redis;

import dev.millrace.session.RedisConfig;
import dev.millrace.session.SessionException;
import dev.millrace.session.SessionException.Error;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.redisson.Redisson;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.api.redisnode.RedisNodes;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;
import org.redisson.config.ConstantDelay;
import org.redisson.config.SingleServerConfig;
import org.redisson.misc.RedisURI;

/** The connection to Redis. It may be away at the start and at any time; each call tells. */
final class Redis implements AutoCloseable {

    private static final int THREADS = 4;
    private static final int RETRIES = 1;
    private static final Duration RECONNECTION_DELAY = Duration.ofMillis(200);

    private static final String UNAVAILABLE = "the session store does not answer";

    private final RedissonClient client;
    private final int timeoutMillis;
    private final ReentrantLock trial = new ReentrantLock();
    private volatile boolean up;

    Redis(RedisConfig settings) {
        Config config = new Config()
                .setLazyInitialization(true)
                .setThreads(THREADS)
                .setNettyThreads(THREADS)
                .setUseScriptCache(true)
                .setCodec(StringCodec.INSTANCE);
        URI uri = settings.uri();
        SingleServerConfig server = config.useSingleServer()
                .setAddress(new RedisURI(uri.getScheme(), uri.getHost(), settings.port()).toString())
                .setConnectionPoolSize(settings.connections())
                .setConnectionMinimumIdleSize(1)
                .setSubscriptionConnectionMinimumIdleSize(0)
                .setSubscriptionConnectionPoolSize(1)
                .setDatabase(database(uri));
        server.setTimeout(settings.timeoutMillis())
                .setConnectTimeout(settings.timeoutMillis())
                .setRetryAttempts(RETRIES)
                // So long each try waits for a connection that is free, or is being made.
                .setRetryDelay(new ConstantDelay(Duration.ofMillis(settings.timeoutMillis() / (1 + RETRIES) + 1)))
                .setReconnectionDelay(new ConstantDelay(RECONNECTION_DELAY))
                // A connection that does not answer for so long is closed, with the calls that it carries.
                .setPingConnectionInterval(settings.timeoutMillis());
        logIn(config, uri);
        this.timeoutMillis = settings.timeoutMillis();
        this.client = Redisson.create(config);
    }

    private static int database(URI uri) {
        String path = uri.getPath();
        return path == null || path.length() < 2 ? 0 : Integer.parseInt(path.substring(1));
    }

    private static void logIn(Config config, URI uri) {
        String login = uri.getUserInfo();
        if (login == null) {
            return;
        }
        int colon = login.indexOf(':');
        if (colon > 0) {
            config.setUsername(login.substring(0, colon));
        }
        config.setPassword(login.substring(colon + 1));
    }

    /** The first connection takes its time, in which those who come at once would be told that there is no Redis. */
    void connectSoon() {
        Thread first = new Thread(this::connect, "session-store-connect");
        first.setDaemon(true);
        first.start();
    }

    private void connect() {
        try {
            answers(timeoutMillis);
        } catch (RuntimeException e) {
            // Whoever asks is told; a store that is closed meanwhile nobody asks.
            return;
        }
    }

    /** Runs a script; its keys must be in one slot. */
    List<String> run(Script script, List<String> keys, Object... arguments) {
        return call(() -> client.getScript(StringCodec.INSTANCE)
                .eval(RScript.Mode.READ_WRITE, script.text(), RScript.ReturnType.LIST, List.copyOf(keys), arguments));
    }

    /** The members of a sorted set, the highest score first. */
    List<String> highest(String key, int limit) {
        return call(() -> List.copyOf(
                client.<String>getScoredSortedSet(key, StringCodec.INSTANCE).valueRangeReversed(0, limit - 1)));
    }

    void remove(String key, String member) {
        call(() -> client.<String>getScoredSortedSet(key, StringCodec.INSTANCE).remove(member));
    }

    boolean answers(long timeoutMillis) {
        return call(() -> client.getRedisNodes(RedisNodes.SINGLE).pingAll(timeoutMillis, TimeUnit.MILLISECONDS));
    }

    /** While Redis is away one caller at a time tries it and the others wait a little, so that none waits for all. */
    private <T> T call(Supplier<T> step) {
        if (up) {
            return attempt(step);
        }
        try {
            if (!trial.tryLock(timeoutMillis, TimeUnit.MILLISECONDS)) {
                throw new SessionException(Error.UNAVAILABLE, UNAVAILABLE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SessionException(Error.UNAVAILABLE, "interrupted", e);
        }
        try {
            return attempt(step);
        } finally {
            trial.unlock();
        }
    }

    private <T> T attempt(Supplier<T> step) {
        try {
            T answer = step.get();
            up = true;
            return answer;
        } catch (RedisException | CompletionException e) {
            // Connecting, which the first call does, wraps its failure once more.
            if (e instanceof CompletionException && !(e.getCause() instanceof RedisException)) {
                throw e;
            }
            up = false;
            throw new SessionException(Error.UNAVAILABLE, UNAVAILABLE, e);
        }
    }

    @Override
    public void close() {
        client.shutdown(0, 1, TimeUnit.SECONDS);
    }
}
