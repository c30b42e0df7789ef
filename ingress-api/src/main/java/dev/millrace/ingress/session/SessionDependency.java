package dev.millrace.ingress.session;

import dev.millrace.service.Dependency;
import dev.millrace.session.SessionStore;
import jakarta.inject.Singleton;

/** Whether sessions can be used. Everything else goes on without them. */
@Singleton
final class SessionDependency implements Dependency {

    private final SessionStore store;

    SessionDependency(SessionStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "sessions";
    }

    @Override
    public State state() {
        return store.probe().map(State::down).orElseGet(() -> State.up("answers"));
    }

    @Override
    public boolean isRequired() {
        return false;
    }
}
