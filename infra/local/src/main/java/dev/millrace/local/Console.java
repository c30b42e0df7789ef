package dev.millrace.local;

import dev.millrace.local.process.Narrator;
import java.io.PrintStream;

/** The terminal: whose line it is stands in front of each. */
final class Console implements Narrator {

    private final PrintStream out;

    Console(PrintStream out) {
        this.out = out;
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
