package dev.millrace.gpu.model.template;

import java.time.Clock;

/** One rendering: its clock and what it has used of its limits. */
final class Run {

    private final Limits limits;
    private final Clock clock;
    private long steps;
    private int calls;

    Run(Limits limits, Clock clock) {
        this.limits = limits;
        this.clock = clock;
    }

    Clock clock() {
        return clock;
    }

    void step() {
        charge(1);
    }

    void charge(long more) {
        steps += more;
        if (steps > limits.steps()) {
            throw new TemplateException("the template takes more than " + limits.steps() + " steps");
        }
    }

    /** Called before a text of that many characters is made. */
    void text(long characters) {
        charge(1 + characters / 64);
        if (characters > limits.characters()) {
            throw new TemplateException("a text would be longer than " + limits.characters() + " characters");
        }
    }

    String text(String text) {
        text(text.length());
        return text;
    }

    /** Called before a list of that many elements is made. */
    void elements(long count) {
        charge(1 + count);
        longest(count);
    }

    void longest(long count) {
        if (count > limits.elements()) {
            throw new TemplateException("a list would have more than " + limits.elements() + " elements");
        }
    }

    void enter() {
        if (++calls > limits.calls()) {
            throw new TemplateException("maximum recursion depth exceeded");
        }
    }

    void leave() {
        calls--;
    }
}
