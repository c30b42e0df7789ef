package dev.millrace.billing.ledger;

import dev.millrace.service.Dependency;
import jakarta.inject.Singleton;

/** Whether usage is being read, and how much of it waits. */
@Singleton
final class ReaderDependency implements Dependency {

    private final ReaderThread reader;

    ReaderDependency(ReaderThread reader) {
        this.reader = reader;
    }

    @Override
    public String name() {
        return "usage-reader";
    }

    @Override
    public State state() {
        return reader.trouble()
                .map(State::down)
                .orElseGet(() -> State.up(reader.lag() + " record(s) not in the ledger yet"));
    }
}
