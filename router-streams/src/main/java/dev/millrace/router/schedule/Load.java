package dev.millrace.router.schedule;

/**
 * How a model is doing in one partition of the router, for the meters.
 *
 * @param tokenBacklog estimated tokens that wait, and those that workers said they have yet to do
 */
public record Load(
        String model, int waiting, long oldestWaitMillis, long tokenBacklog, int workers, int slots, int running) {}
