package dev.millrace.gpu.model.schema;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A form with a name, so that forms can contain themselves. Equal only to itself. */
final class Rule implements Form {

    private @Nullable Form meaning;
    private int leastBytes = ENDLESS;

    void means(Form form) {
        meaning = form;
    }

    private Form meaning() {
        if (meaning == null) {
            throw new IllegalStateException("a rule without a meaning");
        }
        return meaning;
    }

    @Override
    public void open(@Nullable Stack below, Consumer<@Nullable Stack> readers) {
        meaning().open(below, readers);
    }

    @Override
    public int leastBytes() {
        return leastBytes;
    }

    /** Looks once more at how short the rule can be; whether it found it to be shorter than known. */
    boolean shorten() {
        int now = meaning().leastBytes();
        boolean shorter = now < leastBytes;
        leastBytes = Math.min(leastBytes, now);
        return shorter;
    }
}
