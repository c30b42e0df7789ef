package dev.millrace.session.redis;

import dev.millrace.session.RedisConfig;
import dev.millrace.session.Session;
import dev.millrace.session.SessionConfig;
import dev.millrace.session.SessionException;
import dev.millrace.session.SessionException.Error;
import dev.millrace.session.SessionKey;
import dev.millrace.session.SessionStore;
import dev.millrace.session.TurnEnd;
import dev.millrace.session.TurnStart;
import io.micronaut.context.annotation.Requires;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sessions in Redis, for any number of processes. Times are those of Redis, so processes need not agree on theirs. A
 * call that failed may have had its effect; made again it does no harm.
 */
@Singleton
@Requires(property = "millrace.session.store", value = SessionConfig.REDIS, defaultValue = SessionConfig.REDIS)
final class RedisSessionStore implements SessionStore {

    private static final int MAX_INDEXED = 1000;
    private static final String USED = "used";
    private static final String READ = "read";

    private final SessionConfig config;
    private final RedisConfig redisConfig;
    private final Redis redis;

    RedisSessionStore(SessionConfig config, RedisConfig redisConfig) {
        this.config = config;
        this.redisConfig = redisConfig;
        this.redis = new Redis(redisConfig);
        redis.connectSoon();
    }

    @Override
    public TurnStart begin(SessionKey key, String requestId, List<String> messages) {
        long bytes = Messages.bytes(messages);
        if (messages.size() > config.maxMessages() || bytes > config.maxBytes()) {
            throw new SessionException(Error.TOO_LARGE, "the turn is more than a session may hold");
        }
        List<String> answer = run(
                Script.BEGIN,
                key,
                requestId,
                Messages.join(messages),
                messages.size(),
                bytes,
                config.leaseMillis(),
                config.waiterMillis(),
                config.maxWaiting(),
                config.maxMessages(),
                config.maxBytes());
        return switch (answer.get(0)) {
            case "begun" -> {
                remember(key, Math.max(config.ttlMillis(), config.leaseMillis()), USED);
                yield new TurnStart.Begun(messages(answer));
            }
            case "waiting" -> new TurnStart.Waiting(Integer.parseInt(answer.get(1)));
            case "busy" -> throw new SessionException(Error.BUSY, "too many turns of this session wait");
            default -> throw unexpected(answer);
        };
    }

    @Override
    public boolean hold(SessionKey key, String requestId, Duration lease) {
        boolean held = hasChanged(run(Script.HOLD, key, requestId, lease.toMillis()));
        if (held) {
            remember(key, Math.max(config.ttlMillis(), lease.toMillis()), USED);
        }
        return held;
    }

    @Override
    public boolean end(SessionKey key, String requestId, TurnEnd end) {
        List<String> said = List.of();
        long tokens = 0;
        if (end instanceof TurnEnd.Answered answered) {
            said = answered.messages();
            tokens = answered.tokenCount();
        } else if (end instanceof TurnEnd.Cancelled cancelled) {
            said = cancelled.delivered();
            tokens = cancelled.tokenCount();
        }
        boolean drop = said.isEmpty() && !(end instanceof TurnEnd.Answered);
        boolean ended = hasChanged(run(
                Script.END,
                key,
                requestId,
                drop ? "" : Messages.join(said),
                said.size(),
                Messages.bytes(said),
                tokens,
                config.maxMessages(),
                config.maxBytes()));
        if (ended) {
            remember(key, config.ttlMillis(), USED);
        }
        return ended;
    }

    @Override
    public List<String> context(SessionKey key) {
        List<String> answer = run(Script.CONTEXT, key);
        if (isMissing(answer)) {
            return List.of();
        }
        remember(key, config.ttlMillis(), READ);
        return messages(answer);
    }

    @Override
    public Session read(SessionKey key) {
        List<String> answer = run(Script.READ, key, "touch");
        if (isMissing(answer)) {
            throw notFound(key);
        }
        remember(key, config.ttlMillis(), READ);
        return session(key, answer);
    }

    @Override
    public void delete(SessionKey key) {
        List<String> answer = run(Script.DELETE, key);
        if (isMissing(answer)) {
            throw notFound(key);
        }
        redis.remove(index(key.tenant(), key.user()), key.id());
    }

    @Override
    public List<Session> list(String tenant, String user, int limit) {
        String index = index(tenant, user);
        List<Session> sessions = new ArrayList<>();
        for (String id : redis.highest(index, MAX_INDEXED)) {
            if (sessions.size() == limit) {
                break;
            }
            SessionKey key = new SessionKey(tenant, user, id);
            List<String> answer = send(Script.READ, key, "look");
            if (answer.get(0).equals("found")) {
                sessions.add(session(key, answer));
            } else {
                // Expired since, or deleted and begun again by somebody else.
                redis.remove(index, id);
            }
        }
        return sessions;
    }

    @Override
    public Optional<String> probe() {
        try {
            return redis.answers(redisConfig.timeoutMillis()) ? Optional.empty() : Optional.of("no answer");
        } catch (SessionException e) {
            return Optional.of(String.valueOf(e.getCause()));
        }
    }

    @Override
    @PreDestroy
    public void close() {
        redis.close();
    }

    private void remember(SessionKey key, long keepMillis, String how) {
        redis.run(Script.INDEX, List.of(index(key.tenant(), key.user())), key.id(), keepMillis, MAX_INDEXED, how);
    }

    private List<String> run(Script script, SessionKey key, Object... arguments) {
        List<String> answer = send(script, key, arguments);
        if (answer.get(0).equals("not_yours")) {
            throw new SessionException(Error.NOT_YOURS, "the session '" + key.id() + "' belongs to another user");
        }
        return answer;
    }

    private List<String> send(Script script, SessionKey key, Object... arguments) {
        List<Object> all = new ArrayList<>(List.of(key.user(), config.ttlMillis()));
        all.addAll(List.of(arguments));
        // The braces keep a session's keys in one slot, the length keeps tenants apart whatever their names are.
        String name = "millrace:session:{" + key.tenant().length() + ":" + key.tenant() + ":" + key.id() + "}";
        return redis.run(script, List.of(name, name + ":order", name + ":line"), all.toArray());
    }

    private static String index(String tenant, String user) {
        return "millrace:sessions:" + tenant.length() + ":" + tenant + ":" + user;
    }

    private static boolean isMissing(List<String> answer) {
        return answer.get(0).equals("not_found");
    }

    private static boolean hasChanged(List<String> answer) {
        return answer.get(0).equals("changed");
    }

    private static List<String> messages(List<String> answer) {
        return answer.stream().skip(1).flatMap(Messages::split).toList();
    }

    private static Session session(SessionKey key, List<String> answer) {
        return new Session(
                key.id(),
                answer.get(1),
                Integer.parseInt(answer.get(2)),
                Long.parseLong(answer.get(3)),
                Long.parseLong(answer.get(4)),
                Long.parseLong(answer.get(5)),
                Long.parseLong(answer.get(6)),
                answer.get(7).equals("busy") ? Session.Status.BUSY : Session.Status.IDLE);
    }

    private static SessionException notFound(SessionKey key) {
        return new SessionException(Error.NOT_FOUND, "no session '" + key.id() + "'");
    }

    private static IllegalStateException unexpected(List<String> answer) {
        return new IllegalStateException("unexpected answer: " + answer.get(0));
    }
}
