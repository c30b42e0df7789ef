package dev.millrace.local;

/** What the services rest on, embedded unless an address is given. */
public enum Infrastructure {
    KAFKA,
    POSTGRES,
    REDIS
}
