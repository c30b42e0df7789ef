package dev.millrace.gpu.model.schema;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a stretch of text may look like. A form either opens into others without reading anything, or reads one byte (or
 * one whole control token) and tells what is left of itself. Forms are values: equal forms allow equal texts.
 */
interface Form {

    /** Where no end is in sight however the text goes on. */
    int ENDLESS = 1 << 28;

    /**
     * Gives the readers that a text in this form may begin with, each on the stack of what follows it; where the form may
     * be empty, what is below it is opened in its place. One that reads is its own reader.
     */
    default void open(@Nullable Stack below, Consumer<@Nullable Stack> readers) {
        readers.accept(new Stack(this, below));
    }

    /** As a reader: takes a byte and gives what must follow, nothing where it cannot be. */
    default void read(int octet, @Nullable Stack below, Consumer<@Nullable Stack> next) {}

    /** As a reader: takes a control token. */
    default void readToken(int token, @Nullable Stack below, Consumer<@Nullable Stack> next) {}

    /** As a reader: one that allows the same to come next where no more than so many characters can. */
    default Form within(int characters) {
        return this;
    }

    /** About the fewest bytes that a text in this form has; finds forms that can never end, and the shortest way out. */
    int leastBytes();
}
