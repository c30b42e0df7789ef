package dev.millrace.gpu;

import dev.millrace.topic.Topics;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of {@code millrace.workers}: {@code kind[:model][@pool][=source]}, such as {@code echo} or
 * {@code djl:qwen=/models/qwen}.
 */
record Entry(String kind, String model, String pool, String source) {

    private static final Pattern FORM = Pattern.compile(
            "(?<kind>[a-z]+)(:(?<model>[^@=\\s]([^@=]*[^@=\\s])?))?(@(?<pool>[^=\\s]+))?(=(?<source>.+))?");

    static Entry parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "millrace.workers: '" + text + "' is not of the form kind[:model][@pool][=source]");
        }
        String kind = matcher.group("kind");
        String model = matcher.group("model") == null ? kind : matcher.group("model");
        String pool = matcher.group("pool") == null ? Topics.poolFor(model) : matcher.group("pool");
        Topics.work(pool);
        return new Entry(kind, model, pool, matcher.group("source") == null ? "" : matcher.group("source"));
    }
}
