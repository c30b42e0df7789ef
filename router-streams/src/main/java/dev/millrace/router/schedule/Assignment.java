package dev.millrace.router.schedule;

/**
 * To whom an attempt was given.
 *
 * @param number the worker's assignments are numbered; 0 where the router only knows of it from the worker
 * @param seen whether the worker showed that it has got it
 * @param started whether the worker wrote a first chunk
 */
public record Assignment(String worker, String pool, String provider, long number, boolean seen, boolean started) {

    Assignment withSeen() {
        return new Assignment(worker, pool, provider, number, true, started);
    }

    Assignment withStarted() {
        return new Assignment(worker, pool, provider, number, true, true);
    }
}
