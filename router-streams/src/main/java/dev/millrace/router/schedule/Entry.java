package dev.millrace.router.schedule;

import dev.millrace.event.Closed;
import org.jspecify.annotations.Nullable;

/**
 * One request in the router, from its acceptance until its end is settled. All of it is kept in the state store: a
 * router that comes back goes on from here.
 *
 * @param phase what it is waiting for
 * @param attempt the highest attempt that was given out, by assignment or by Closed, or seen in the log
 * @param assignment the last assignment, as long as its worker may still hold it
 * @param avoid a worker that failed this request and gets it again only if there is no other
 * @param losses how often its work was lost by somebody's fault
 * @param deaths how many workers died while they ran it
 * @param cancelled whether somebody wants it to stop
 * @param sinceMillis when the phase began, by the log's time
 * @param dueMillis when it must be looked at again, by the log's time
 * @param closing why it was closed, in the phase CLOSING
 */
public record Entry(
        Ticket ticket,
        Phase phase,
        int attempt,
        @Nullable Assignment assignment,
        @Nullable String avoid,
        int losses,
        int deaths,
        boolean cancelled,
        long sinceMillis,
        long dueMillis,
        @Nullable Closing closing) {

    /** What a request in the router is waiting for. */
    public enum Phase {
        /** A worker with room. */
        QUEUED,
        /** Its worker. */
        ASSIGNED,
        /** Its worker let go of it, and if it ended it then the settlement will come. */
        RELEASED,
        /** The router closed it, and the settlement will come if that counted. */
        CLOSING
    }

    /**
     * @param event what was written last
     * @param times how often it was
     */
    public record Closing(Closed event, int times) {}

    private static final int DEATHS_BEFORE_ALONE = 2;

    static Entry queued(Ticket ticket, long nowMillis) {
        return new Entry(ticket, Phase.QUEUED, 0, null, null, 0, 0, false, nowMillis, nowMillis, null);
    }

    public String id() {
        return ticket.requestId();
    }

    /** Whether it must run by itself, because it was running when workers died. */
    boolean isAlone() {
        return deaths >= DEATHS_BEFORE_ALONE;
    }

    boolean isCondemned() {
        return deaths > DEATHS_BEFORE_ALONE;
    }

    boolean isWith(String worker) {
        return assignment != null && assignment.worker().equals(worker);
    }

    Entry assigned(Assignment to, int nextAttempt, long nowMillis) {
        return new Entry(
                ticket, Phase.ASSIGNED, nextAttempt, to, avoid, losses, deaths, cancelled, nowMillis, nowMillis, null);
    }

    Entry with(Assignment changed) {
        return new Entry(
                ticket, phase, attempt, changed, avoid, losses, deaths, cancelled, sinceMillis, dueMillis, closing);
    }

    Entry queuedAgain(boolean worksOn, @Nullable String toAvoid, long nowMillis) {
        Assignment last = worksOn ? assignment : null;
        return new Entry(
                ticket, Phase.QUEUED, attempt, last, toAvoid, losses, deaths, cancelled, nowMillis, nowMillis, null);
    }

    Entry released(long nowMillis) {
        return new Entry(
                ticket,
                Phase.RELEASED,
                attempt,
                assignment,
                avoid,
                losses,
                deaths,
                cancelled,
                nowMillis,
                nowMillis,
                null);
    }

    Entry closing(Closing by, long nowMillis) {
        int above = by.event().getAttempt();
        return new Entry(ticket, Phase.CLOSING, above, null, null, losses, deaths, cancelled, nowMillis, nowMillis, by);
    }

    Entry withSeenAttempt(int seen) {
        return new Entry(
                ticket,
                phase,
                Math.max(attempt, seen),
                assignment,
                avoid,
                losses,
                deaths,
                cancelled,
                sinceMillis,
                dueMillis,
                closing);
    }

    Entry withLoss(boolean fault, boolean death) {
        return having(losses + (fault ? 1 : 0), deaths + (death ? 1 : 0));
    }

    /** The last loss was none, as its worker goes on. */
    Entry withoutLoss(boolean fault, boolean death) {
        return having(Math.max(0, losses - (fault ? 1 : 0)), Math.max(0, deaths - (death ? 1 : 0)));
    }

    private Entry having(int newLosses, int newDeaths) {
        return new Entry(
                ticket,
                phase,
                attempt,
                assignment,
                avoid,
                newLosses,
                newDeaths,
                cancelled,
                sinceMillis,
                dueMillis,
                closing);
    }

    Entry withCancelled() {
        return new Entry(
                ticket, phase, attempt, assignment, avoid, losses, deaths, true, sinceMillis, dueMillis, closing);
    }

    /** Whether nothing began between the two that has a clock of its own. */
    boolean isInSameStepAs(Entry next) {
        return phase == next.phase && attempt == next.attempt && cancelled == next.cancelled;
    }

    Entry later(long millis) {
        return new Entry(
                ticket,
                phase,
                attempt,
                assignment,
                avoid,
                losses,
                deaths,
                cancelled,
                sinceMillis + millis,
                dueMillis + millis,
                closing);
    }

    Entry due(long atMillis) {
        return new Entry(
                ticket, phase, attempt, assignment, avoid, losses, deaths, cancelled, sinceMillis, atMillis, closing);
    }
}
