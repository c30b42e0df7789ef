package dev.millrace.router.simulation;

/** A rule that is broken on purpose, to show that the simulation would notice. */
enum Mistake {
    NONE,
    /** The router's Closed does not go above the attempts that it gave out. */
    CLOSES_LOW,
    /** A change of an entry is sometimes not kept. */
    FORGETS_TO_SAVE,
    /** The router never takes a silent worker for lost. */
    WAITS_FOR_THE_DEAD,
    /** The settler commits past what is still open. */
    COMMITS_TOO_FAR,
    /** The settler judges an old request without its history. */
    DOES_NOT_LOOK_BACK,
    /** A worker that takes over goes on without having read what was delivered. */
    DOES_NOT_READ_BEFORE
}
