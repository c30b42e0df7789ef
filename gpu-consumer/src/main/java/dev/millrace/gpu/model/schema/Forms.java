package dev.millrace.gpu.model.schema;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The plain forms, from which the others are put together. */
final class Forms {

    /**
     * White space between tokens: nothing, a space, or a line break and its indentation. Bounded, so that a text cannot
     * go on in white space for ever.
     */
    static final Form SPACE = either(List.of(sequence(), text(" "), sequence(text("\n"), repeat(anyOf(" \t"), 0, 48))));

    /** What no text is in. */
    static final Form NOTHING = new Nothing();

    private Forms() {}

    static Form text(String text) {
        return new Text(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    }

    static Form sequence(Form... parts) {
        return new Sequence(List.of(parts));
    }

    static Form either(List<Form> choices) {
        return choices.size() == 1 ? choices.get(0) : new Either(List.copyOf(choices));
    }

    /** One of some characters of ASCII. */
    static Form anyOf(String characters) {
        return new AnyOf(characters);
    }

    /**
     * @param most how often at most; negative: without a bound
     */
    static Form repeat(Form body, int least, int most) {
        return new Repeat(body, least, most);
    }

    static Form controlToken(int token) {
        return new ControlToken(token);
    }

    private record Nothing() implements Form {

        @Override
        public void open(@Nullable Stack below, Consumer<@Nullable Stack> readers) {}

        @Override
        public int leastBytes() {
            return ENDLESS;
        }
    }

    /**
     * @param octets bytes, each as a character
     */
    private record Text(String octets) implements Form {

        @Override
        public void read(int octet, @Nullable Stack below, Consumer<@Nullable Stack> next) {
            if (octets.charAt(0) == octet) {
                next.accept(octets.length() == 1 ? below : new Stack(new Text(octets.substring(1)), below));
            }
        }

        @Override
        public int leastBytes() {
            return octets.length();
        }
    }

    /** One reading for all of its characters: of a long name each place would else be read in as many ways. */
    private record AnyOf(String characters) implements Form {

        @Override
        public void read(int octet, @Nullable Stack below, Consumer<@Nullable Stack> next) {
            if (characters.indexOf(octet) >= 0) {
                next.accept(below);
            }
        }

        @Override
        public int leastBytes() {
            return 1;
        }
    }

    private record ControlToken(int token) implements Form {

        @Override
        public void readToken(int read, @Nullable Stack below, Consumer<@Nullable Stack> next) {
            if (read == token) {
                next.accept(below);
            }
        }

        @Override
        public int leastBytes() {
            return 1;
        }
    }

    private record Sequence(List<Form> parts) implements Form {

        @Override
        public void open(@Nullable Stack below, Consumer<@Nullable Stack> readers) {
            Stack stack = below;
            for (int i = parts.size() - 1; i >= 0; i--) {
                stack = new Stack(parts.get(i), stack);
            }
            Automaton.open(stack, readers);
        }

        @Override
        public int leastBytes() {
            long sum = parts.stream().mapToLong(Form::leastBytes).sum();
            return (int) Math.min(ENDLESS, sum);
        }
    }

    private record Either(List<Form> choices) implements Form {

        @Override
        public void open(@Nullable Stack below, Consumer<@Nullable Stack> readers) {
            for (Form choice : choices) {
                if (choice.leastBytes() < ENDLESS) {
                    choice.open(below, readers);
                }
            }
        }

        @Override
        public int leastBytes() {
            return choices.stream().mapToInt(Form::leastBytes).min().orElse(ENDLESS);
        }
    }

    private record Repeat(Form body, int least, int most) implements Form {

        @Override
        public void open(@Nullable Stack below, Consumer<@Nullable Stack> readers) {
            if (least == 0) {
                Automaton.open(below, readers);
            }
            if (most != 0 && body.leastBytes() < ENDLESS) {
                Form rest = new Repeat(body, Math.max(0, least - 1), most < 0 ? most : most - 1);
                body.open(new Stack(rest, below), readers);
            }
        }

        @Override
        public int leastBytes() {
            return (int) Math.min(ENDLESS, (long) least * body.leastBytes());
        }
    }
}
