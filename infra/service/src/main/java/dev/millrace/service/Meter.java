package dev.millrace.service;

import java.util.List;

/** One meter of a service. A service lists all of its meters in one enum that implements this. */
public interface Meter {

    /** What kind of figure it is. */
    enum Kind {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    /**
     * What it is.
     *
     * @param name its name in the exposition, with its unit last
     */
    record Spec(String name, Kind kind, String description, List<String> labels) {

        public Spec {
            labels = List.copyOf(labels);
        }
    }

    Spec spec();

    /** Upper bounds, for a histogram. */
    default double[] buckets() {
        return new double[] {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};
    }
}
