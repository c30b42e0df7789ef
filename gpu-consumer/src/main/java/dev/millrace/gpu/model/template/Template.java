package dev.millrace.gpu.model.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/**
 * A chat template: Jinja's language under {@code trim_blocks} and {@code lstrip_blocks}, with loop controls,
 * {@code raise_exception}, {@code strftime_now} and a {@code tojson} that keeps text as it is. Compiled once, it can be
 * rendered any number of times, from any thread. What it does not know (a filter, a test, a tag) it refuses by name;
 * what it may use is bounded by {@link Limits}.
 */
public final class Template {

    private final Statements.Block whole;
    private final Limits limits;

    private Template(Statements.Block whole, Limits limits) {
        this.whole = whole;
        this.limits = limits;
    }

    /** Compiles a template, or throws {@link TemplateException} with the line of its mistake. */
    public static Template compile(String source) {
        return compile(source, Limits.DEFAULT);
    }

    public static Template compile(String source, Limits limits) {
        try {
            return new Template(Parser.parse(source), limits);
        } catch (StackOverflowError e) {
            throw new TemplateException("the template is nested too deeply");
        }
    }

    /**
     * The text that the template makes of its variables, or {@link TemplateException}.
     *
     * @param clock what {@code strftime_now} reads
     */
    public String render(Map<String, JsonNode> variables, Clock clock) {
        Map<String, Object> names = new HashMap<>();
        variables.forEach((name, value) -> names.put(name, Values.of(value)));
        Run run = new Run(limits, clock);
        Output out = new Output(run);
        try {
            whole.run(whole.enter(Scope.root(run, names)), out);
            return out.text();
        } catch (StackOverflowError e) {
            throw new TemplateException("the template or what it was given is nested too deeply");
        }
    }
}
