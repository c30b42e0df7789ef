package dev.millrace.router;

import dev.millrace.service.Meter;
import java.util.List;

/** All that the router measures. */
public enum RouterMeter implements Meter {
    QUEUE_DEPTH("router_queue_requests", Kind.GAUGE, "Requests that wait for a worker", "model"),
    QUEUE_AGE("router_queue_age_seconds", Kind.GAUGE, "How long the oldest of them has waited", "model"),
    TOKEN_BACKLOG(
            "router_token_backlog",
            Kind.GAUGE,
            "Tokens that wait, estimated, and those that workers have yet to do",
            "model"),
    WORKERS("router_workers", Kind.GAUGE, "Workers that report", "model"),
    WORKER_SLOTS("router_worker_slots", Kind.GAUGE, "Requests that those workers can run at once", "model"),
    RUNNING("router_running_requests", Kind.GAUGE, "Requests that are assigned and not let go", "model"),
    LAG_RECORDS("router_lag_records", Kind.GAUGE, "Records of requests and reports that the scheduler has yet to read"),
    ACCEPTED("router_accepted_total", Kind.COUNTER, "Requests taken into the queue", "model"),
    ASSIGNED("router_assignments_total", Kind.COUNTER, "Attempts given to workers", "model", "pool"),
    LOST("router_lost_work_total", Kind.COUNTER, "Attempts that were lost", "model", "cause"),
    CLOSED("router_closed_total", Kind.COUNTER, "Ends that the router wrote", "cause"),
    DEAD_LETTERS("router_dead_letters_total", Kind.COUNTER, "Records that could not be read or placed", "cause"),
    SETTLED("router_settled_total", Kind.COUNTER, "Ends that were recorded", "outcome"),
    SETTLER_OPEN("router_settler_open_requests", Kind.GAUGE, "Requests that have an owner and no end", "partition"),
    SETTLER_DROPPED("router_settler_dropped_total", Kind.COUNTER, "Requests that were given up without an end"),
    SETTLER_LOOKUPS("router_settler_lookups_total", Kind.COUNTER, "Times that a request's history was read again"),
    SETTLER_RESTARTS(
            "router_settler_restarts_total", Kind.COUNTER, "Times that the settler began again after an error");

    private final Spec spec;

    RouterMeter(String meterName, Kind kind, String description, String... labels) {
        this.spec = new Spec(meterName, kind, description, List.of(labels));
    }

    @Override
    public Spec spec() {
        return spec;
    }
}
