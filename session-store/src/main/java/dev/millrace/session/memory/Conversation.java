package dev.millrace.session.memory;

import dev.millrace.session.Session;
import dev.millrace.session.SessionConfig;
import dev.millrace.session.SessionException;
import dev.millrace.session.SessionException.Error;
import dev.millrace.session.SessionKey;
import dev.millrace.session.TurnEnd;
import dev.millrace.session.TurnStart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One session's state; times are told to it, and its owner is checked before it is asked. */
final class Conversation {

    private final SessionConfig config;
    private final String user;
    private final long createdAtMillis;
    private final List<Turn> turns = new ArrayList<>();
    private final Map<String, Long> waitingSinceMillis = new LinkedHashMap<>();
    private @Nullable String holder;
    private long leaseEndMillis;
    private long tokenCount;
    private long lastActivityMillis;
    private long expiresAtMillis;

    Conversation(SessionConfig config, String user, long nowMillis) {
        this.config = config;
        this.user = user;
        this.createdAtMillis = nowMillis;
        active(nowMillis);
    }

    boolean belongsTo(String who) {
        return user.equals(who);
    }

    boolean hasExpired(long nowMillis) {
        return nowMillis >= expiresAtMillis;
    }

    TurnStart begin(String requestId, List<String> messages, long nowMillis) {
        if (messages.size() > config.maxMessages() || Turn.bytes(messages) > config.maxBytes()) {
            throw new SessionException(Error.TOO_LARGE, "the turn is more than a session may hold");
        }
        active(nowMillis);
        letGo(nowMillis);
        int at = indexOf(requestId);
        if (requestId.equals(holder) || at >= 0 && turns.get(at).hasEnded()) {
            return new TurnStart.Begun(contextBefore(at));
        }
        if (!isNext(requestId)) {
            return queue(requestId, nowMillis);
        }
        waitingSinceMillis.remove(requestId);
        holder = requestId;
        leaseEndMillis = nowMillis + config.leaseMillis();
        if (at < 0) {
            // Nothing goes for this turn yet: it may come to nothing itself.
            trim(requestId);
            at = turns.size();
            turns.add(new Turn(requestId, messages, null));
        }
        return new TurnStart.Begun(contextBefore(at));
    }

    private boolean isNext(String requestId) {
        return holder == null
                && (waitingSinceMillis.isEmpty()
                        || waitingSinceMillis.keySet().iterator().next().equals(requestId));
    }

    private TurnStart queue(String requestId, long nowMillis) {
        if (!waitingSinceMillis.containsKey(requestId) && waitingSinceMillis.size() >= config.maxWaiting()) {
            throw new SessionException(Error.BUSY, "too many turns of this session wait");
        }
        waitingSinceMillis.put(requestId, nowMillis);
        int ahead = holder == null ? 0 : 1;
        for (String waiting : waitingSinceMillis.keySet()) {
            if (waiting.equals(requestId)) {
                break;
            }
            ahead++;
        }
        return new TurnStart.Waiting(ahead);
    }

    /** Whoever let its lease or its place in the line run out, no longer stands in the way. */
    private void letGo(long nowMillis) {
        if (holder != null && nowMillis >= leaseEndMillis) {
            holder = null;
        }
        waitingSinceMillis.values().removeIf(asked -> nowMillis - asked >= config.waiterMillis());
    }

    boolean hold(String requestId, long leaseMillis, long nowMillis) {
        if (!requestId.equals(holder)) {
            return false;
        }
        leaseEndMillis = nowMillis + leaseMillis;
        active(nowMillis);
        return true;
    }

    boolean end(String requestId, TurnEnd end, long nowMillis) {
        boolean waited = waitingSinceMillis.remove(requestId) != null;
        int at = indexOf(requestId);
        if (at < 0 || turns.get(at).hasEnded()) {
            return waited;
        }
        if (requestId.equals(holder)) {
            holder = null;
        }
        if (end instanceof TurnEnd.Answered answered) {
            keep(at, answered.messages(), answered.tokenCount());
        } else if (end instanceof TurnEnd.Cancelled cancelled
                && !cancelled.delivered().isEmpty()) {
            keep(at, cancelled.delivered(), cancelled.tokenCount());
        } else {
            turns.remove(at);
        }
        active(nowMillis);
        return true;
    }

    private void keep(int at, List<String> answer, long tokens) {
        boolean last = turns.stream().skip(at).noneMatch(Turn::hasEnded);
        Turn ended = turns.get(at).answered(answer);
        turns.set(at, ended);
        if (last) {
            tokenCount = tokens;
        }
        trim(ended.requestId());
    }

    /** The oldest turns go, but never the one under way nor the one that this is about. */
    private void trim(String requestId) {
        int count = turns.stream().mapToInt(Turn::count).sum();
        long bytes = turns.stream().mapToLong(Turn::bytes).sum();
        List<Turn> kept = new ArrayList<>();
        for (Turn turn : turns) {
            boolean full = count > config.maxMessages() || bytes > config.maxBytes();
            boolean needed =
                    turn.requestId().equals(requestId) || turn.requestId().equals(holder);
            if (full && !needed) {
                count -= turn.count();
                bytes -= turn.bytes();
            } else {
                kept.add(turn);
            }
        }
        turns.clear();
        turns.addAll(kept);
    }

    List<String> context() {
        return contextBefore(turns.size());
    }

    private List<String> contextBefore(int at) {
        List<String> context = new ArrayList<>();
        for (Turn turn : turns.subList(0, at)) {
            List<String> answer = turn.answer();
            if (answer != null) {
                context.addAll(turn.messages());
                context.addAll(answer);
            }
        }
        return context;
    }

    private int indexOf(String requestId) {
        for (int i = turns.size() - 1; i >= 0; i--) {
            if (turns.get(i).requestId().equals(requestId)) {
                return i;
            }
        }
        return -1;
    }

    private void active(long nowMillis) {
        lastActivityMillis = nowMillis;
        touch(nowMillis);
    }

    /** Puts off the expiry; a session under way lives as long as its turn may. */
    void touch(long nowMillis) {
        long leaseMillis = holder == null ? 0 : leaseEndMillis - nowMillis;
        expiresAtMillis = nowMillis + Math.max(config.ttlMillis(), leaseMillis);
    }

    Session describe(SessionKey key, long nowMillis) {
        int messageCount =
                turns.stream().filter(Turn::hasEnded).mapToInt(Turn::count).sum();
        boolean busy = holder != null && nowMillis < leaseEndMillis;
        return new Session(
                key.id(),
                user,
                messageCount,
                tokenCount,
                createdAtMillis,
                lastActivityMillis,
                expiresAtMillis,
                busy ? Session.Status.BUSY : Session.Status.IDLE);
    }

    long lastActivityMillis() {
        return lastActivityMillis;
    }
}
