package dev.millrace.gpu.generate;

/** Threads that keep no process alive. */
public final class Daemons {

    private Daemons() {}

    public static Thread thread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
