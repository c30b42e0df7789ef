package dev.millrace.billing.ledger;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings the tables to what this build needs; once done it costs nothing to ask for again. */
final class Migration {

    private final DataSource dataSource;
    private volatile boolean done;

    Migration(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    void run() {
        if (!done) {
            Flyway.configure().dataSource(dataSource).load().migrate();
            done = true;
        }
    }
}
