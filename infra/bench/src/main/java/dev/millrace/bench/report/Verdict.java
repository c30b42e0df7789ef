package dev.millrace.bench.report;

/** What became of a line of a report. */
public enum Verdict {
    HELD,
    MISSED,
    /** The figure cannot be true, so something was measured wrong. */
    IMPOSSIBLE,
    NOT_RUN,
    /** A figure that is held to nothing. */
    TOLD
}
