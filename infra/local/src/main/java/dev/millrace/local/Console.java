package dev.millrace.local;

import dev.millrace.local.process.Narrator;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The terminal: whose line it is stands in front of each. */
final class Console implements Narrator {

    private final PrintStream out;

    private Console(PrintStream out) {
        this.out = out;
    }

    /**
     * Writes to the process' own output. What stands in {@link System#out} is Maven's, which puts it away while the
     * stack is still being stopped, and whoever writes then gets an exception.
     */
    static Console ofThisProcess() {
        return new Console(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
    }

    @Override
    public void say(String line) {
        out.println(line);
    }

    @Override
    public void line(String part, String line) {
        out.println("[%-8s] %s".formatted(part, line));
    }
}
