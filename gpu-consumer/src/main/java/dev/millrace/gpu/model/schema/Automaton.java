package dev.millrace.gpu.model.schema;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a text stands in its form: every way in which it can be read so far. Immutable, with equality by content, so that
 * what follows from a state can be kept.
 */
final class Automaton {

    /** More readings than this at once are beyond what a form of a sensible size needs. */
    private static final int MAX_READINGS = 4096;

    private final Set<Stack> readers;
    private final boolean mayEnd;

    private Automaton(Set<Stack> readers, boolean mayEnd) {
        this.readers = readers;
        this.mayEnd = mayEnd;
    }

    static Automaton of(Form form) {
        Collector collector = new Collector();
        form.open(null, collector);
        return collector.state();
    }

    static void open(@Nullable Stack stack, Consumer<@Nullable Stack> readers) {
        if (stack == null) {
            readers.accept(null);
        } else {
            stack.top.open(stack.below, readers);
        }
    }

    Automaton read(int octet) {
        Collector collector = new Collector();
        for (Stack reader : readers) {
            reader.top.read(octet, reader.below, collector::opening);
        }
        return collector.state();
    }

    Automaton readToken(int token) {
        Collector collector = new Collector();
        for (Stack reader : readers) {
            reader.top.readToken(token, reader.below, collector::opening);
        }
        return collector.state();
    }

    boolean isDead() {
        return readers.isEmpty() && !mayEnd;
    }

    /** In how many ways what was read so far can go on. */
    int readings() {
        return readers.size();
    }

    /** Whether the text may end here. */
    boolean mayEnd() {
        return mayEnd;
    }

    /** The only string that is being read here between two of its characters; null where it is anything else. */
    @Nullable
    StringForm soleString() {
        if (readers.size() == 1 && !mayEnd) {
            Form top = readers.iterator().next().top;
            return top instanceof StringForm string && string.isBetweenCharacters() ? string : null;
        }
        return null;
    }

    /** Up to how many characters of a string may come, whatever they are. */
    int freeCharacters() {
        int most = 0;
        for (Stack reader : readers) {
            if (reader.top instanceof StringForm string && string.isBetweenCharacters()) {
                most = Math.max(most, string.freeCharacters());
            }
        }
        return most;
    }

    /** The state after the only string that is being read here. */
    Automaton afterSoleString() {
        Collector collector = new Collector();
        collector.opening(readers.iterator().next().below);
        return collector.state();
    }

    /** A state that allows the same tokens, none of which has more than so many characters. */
    Automaton within(int characters) {
        if (readers.size() != 1 || mayEnd) {
            return this;
        }
        Stack only = readers.iterator().next();
        Form near = only.top.within(characters);
        return near.equals(only.top) ? this : new Automaton(Set.of(new Stack(near, only.below)), false);
    }

    /** About how many bytes the text is from its nearest end. */
    int leastBytes() {
        int least = mayEnd ? 0 : Form.ENDLESS;
        for (Stack reader : readers) {
            least = Math.min(least, reader.leastBytes());
        }
        return least;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Automaton that && mayEnd == that.mayEnd && readers.equals(that.readers);
    }

    @Override
    public int hashCode() {
        return 31 * readers.hashCode() + (mayEnd ? 1 : 0);
    }

    private static final class Collector implements Consumer<@Nullable Stack> {
        private final Set<Stack> readers = new HashSet<>();
        private boolean mayEnd;

        void opening(@Nullable Stack stack) {
            open(stack, this);
        }

        @Override
        public void accept(@Nullable Stack reader) {
            if (reader == null) {
                mayEnd = true;
            } else if (readers.size() < MAX_READINGS) {
                readers.add(reader);
            }
        }

        Automaton state() {
            return new Automaton(readers, mayEnd);
        }
    }
}
