package dev.millrace.billing.ledger;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings the tables to what this build needs, each time anew: they may be those of a backup. */
final class Migration {

    private final DataSource dataSource;

    Migration(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    void run() {
        Flyway.configure().dataSource(dataSource).load().migrate();
    }
}
