package dev.millrace.service;

/** Something that a service needs, or is: whether it is well decides the service's readiness. */
public interface Dependency {

    String name();

    /** Quick, and safe to call often. */
    State state();

    /** Whether the service is of use without it. */
    default boolean isRequired() {
        return true;
    }

    /**
     * @param detail one line for an operator
     */
    record State(boolean up, String detail) {

        public static State up(String detail) {
            return new State(true, detail);
        }

        public static State down(String detail) {
            return new State(false, detail);
        }
    }
}
