package dev.millrace.local.process;

import java.io.IOException;
import java.time.Duration;

/** One process of the stack: how it is started and how one sees that it works. */
public interface Part {

    String name();

    /** Called before each start, so it may also put right what a crash left behind. */
    Command command() throws IOException;

    /** Called after each end of its process. */
    default void ended(int exitCode) throws IOException {}

    /** Whether it does its work now; called often while it starts. */
    boolean isReady() throws IOException;

    /** Whether a line that it prints is worth a person's while; its log file has them all. */
    default boolean isWorthShowing(String line) {
        return true;
    }

    /** The signal that asks it to end in good order. */
    default String stopSignal() {
        return "TERM";
    }

    /** How long it may take from that signal to its end. */
    Duration stopGrace();
}
