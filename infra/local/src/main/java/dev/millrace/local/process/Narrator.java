package dev.millrace.local.process;

/** Where lines for people go: those of the stack itself and those that its processes print. */
public interface Narrator {

    /** A line of the stack itself. */
    void say(String line);

    /** A line that a part printed. */
    void line(String part, String line);

    /** For tests that want no output: the log files still have it all. */
    static Narrator silent() {
        return new Narrator() {
            @Override
            public void say(String line) {}

            @Override
            public void line(String part, String line) {}
        };
    }
}
