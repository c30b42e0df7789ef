package dev.millrace.session;

/** What holds for every store of sessions is told of one like this. */
public interface StoreContract {

    /** A store with these settings; those with the same ones see the same sessions. */
    SessionStore store(SessionConfig config);

    /** A session of this test alone. */
    SessionKey key();

    default SessionStore store() {
        return store(Settings.wide().config());
    }
}
