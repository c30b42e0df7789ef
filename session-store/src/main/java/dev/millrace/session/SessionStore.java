package dev.millrace.session;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Keeps conversations. A session is a line of turns: each has the user's messages and, once it has ended, the answer.
 * One turn is under way at a time; others wait in the order in which they came. Messages are JSON that the store does
 * not look into.
 *
 * <p>Calls may block for a round trip to the store and throw {@link SessionException}. What a turn does is told by its
 * request id, so every call can be made again, by any process, with no further effect: an end comes from the door that
 * served the turn or from whoever finds it in the log after that door died. Any use of a session puts off its expiry.
 */
public interface SessionStore extends AutoCloseable {

    /**
     * Begins a turn, or takes a place in the line. The turn holds the session for a short lease, enough to get the
     * request accepted; from then on {@link #hold} says how long.
     *
     * @param messages the user's new messages, at least one
     */
    TurnStart begin(SessionKey key, String requestId, List<String> messages);

    /**
     * Lets the turn hold the session for that long from now, at the most; past it the next turn may go ahead. A turn
     * that ends after all then joins the conversation at its own place.
     *
     * @return whether it holds the session
     */
    boolean hold(SessionKey key, String requestId, Duration lease);

    /**
     * Ends a turn. One that is unknown, because it has ended or because the session was deleted, stays as it is.
     *
     * @return whether this call ended it
     */
    boolean end(SessionKey key, String requestId, TurnEnd end);

    /** The messages of all turns that have ended, oldest first; none where there is no such session. */
    List<String> context(SessionKey key);

    Session read(SessionKey key);

    /** Forgets the session and every turn of it; one under way goes on, but leaves no trace here. */
    void delete(SessionKey key);

    /** A user's sessions, the last used first. */
    List<Session> list(String tenant, String user, int limit);

    /** What is wrong with the store, if something is. */
    Optional<String> probe();

    @Override
    void close();
}
