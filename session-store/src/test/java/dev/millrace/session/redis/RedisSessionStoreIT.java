package dev.millrace.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.session.ConversationContract;
import dev.millrace.session.ForgettingContract;
import dev.millrace.session.OwnersContract;
import dev.millrace.session.RedisConfig;
import dev.millrace.session.SessionConfig;
import dev.millrace.session.SessionException;
import dev.millrace.session.SessionException.Error;
import dev.millrace.session.SessionKey;
import dev.millrace.session.SessionStore;
import dev.millrace.session.Settings;
import dev.millrace.session.Talk;
import dev.millrace.session.TurnsContract;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

class RedisSessionStoreIT implements ConversationContract, TurnsContract, OwnersContract, ForgettingContract {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Where it is only slow, as on a machine that has more to do, there is nothing to be told. */
    private static final int PATIENT_MILLIS = 20_000;

    private static final int SHORT_MILLIS = 1000;

    private static RedisServer server;
    private static RedisConfig redis;

    private final SessionKey key = Talk.freshKey();
    private final List<SessionStore> opened = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        int port = freePort();
        server = start(port);
        redis = config(port, PATIENT_MILLIS);
    }

    @AfterAll
    static void stop() throws IOException {
        server.stop();
    }

    @AfterEach
    void close() {
        opened.forEach(SessionStore::close);
    }

    @Override
    public SessionKey key() {
        return key;
    }

    @Override
    public SessionStore store(SessionConfig config) {
        SessionStore store = new RedisSessionStore(config, redis);
        opened.add(store);
        return store;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static RedisServer start(int port) throws IOException {
        RedisServer one = RedisServer.newRedisServer()
                .port(port)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .build();
        one.start();
        return one;
    }

    private static RedisConfig config(int port, int timeoutMillis) {
        return new RedisConfig(URI.create("redis://127.0.0.1:" + port), timeoutMillis, 16);
    }

    @Test
    void withRedisAwayCallsFailSoonAndClearlyAndWorkAgainWhenItIsBack() throws IOException {
        int port = freePort();
        SessionKey key = new SessionKey("acme", "u", "s");
        try (SessionStore store = new RedisSessionStore(Settings.wide().config(), config(port, SHORT_MILLIS))) {
            assertUnavailable(store, key);

            RedisServer other = start(port);
            try {
                await().atMost(PATIENCE)
                        .ignoreExceptionsInstanceOf(SessionException.class)
                        .until(() -> store.begin(key, "r1", List.of("m")) != null);
                assertThat(store.probe()).isEmpty();
            } finally {
                other.stop();
            }
            assertUnavailable(store, key);
            assertUnavailable(store, key);

            RedisServer again = start(port);
            try {
                await().atMost(PATIENCE)
                        .ignoreExceptionsInstanceOf(SessionException.class)
                        .until(() -> store.begin(key, "r2", List.of("m")) != null);
            } finally {
                again.stop();
            }
        }
    }

    private static void assertUnavailable(SessionStore store, SessionKey key) {
        long from = System.nanoTime();
        assertThatThrownBy(() -> store.begin(key, "r", List.of("m")))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.error()).isEqualTo(Error.UNAVAILABLE));
        assertThat(store.probe()).isPresent();
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(12));
    }

    @Test
    void aPauseOfRedisIsWaitedForByThoseWithoutAConnectionToo() throws Exception {
        int port = redis.uri().getPort();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (SessionStore store = new RedisSessionStore(Settings.wide().config(), redis);
                Socket operator = new Socket(InetAddress.getLoopbackAddress(), port)) {
            store.begin(key, "r1", List.of("m"));
            operator.getOutputStream().write("CLIENT PAUSE 1000 ALL\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(operator.getInputStream().read()).isEqualTo('+');

            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                calls.add(threads.submit(() -> store.read(key)));
            }
            for (Future<?> call : calls) {
                call.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void redisIsConnectedToBeforeAnybodyComes() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
                ApplicationContext context = ApplicationContext.run(
                        Map.of("millrace.redis.uri", "redis://127.0.0.1:" + mute.getLocalPort()))) {
            mute.setSoTimeout((int) PATIENCE.toMillis());
            assertThat(context.getBean(SessionStore.class)).isInstanceOf(RedisSessionStore.class);
            mute.accept().close();
        }
    }

    @Test
    void aRedisThatHangsKeepsNobodyWaitingLong() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
                SessionStore store =
                        new RedisSessionStore(Settings.wide().config(), config(mute.getLocalPort(), SHORT_MILLIS))) {
            ExecutorService threads = Executors.newFixedThreadPool(20);
            try {
                List<Future<?>> calls = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    calls.add(threads.submit(() -> assertUnavailable(store, new SessionKey("acme", "u", "s"))));
                }
                for (Future<?> call : calls) {
                    call.get(60, TimeUnit.SECONDS);
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }
}
