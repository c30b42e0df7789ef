package dev.millrace.gpu.model.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A part of a template that has names of its own, as Jinja settles them before it renders: a name that a part first sets and
 * does not read is the part's own from its beginning, and what lies inside sees no variable of that name any more.
 */
final class Frame {

    /** What a part does with names, in the order of its text; parts inside have frames of their own. */
    private sealed interface Event {}

    private record Reads(String name) implements Event {}

    private record Sets(String name) implements Event {}

    private record Takes(String name) implements Event {}

    /** An if: what is done where it holds, in its elifs, and in its else. */
    static final class Branches implements Event {
        private final List<Event> then = new ArrayList<>();
        private final List<Event> elifs = new ArrayList<>();
        private final List<Event> otherwise = new ArrayList<>();
    }

    private final @Nullable Frame parent;
    private final List<Frame> inside = new ArrayList<>();
    private List<Event> events = new ArrayList<>();
    private Known known = new Known();
    private Set<String> hidden = Set.of();

    private Frame(@Nullable Frame parent) {
        this.parent = parent;
    }

    static Frame whole() {
        return new Frame(null);
    }

    Frame inner() {
        Frame inner = new Frame(this);
        inside.add(inner);
        return inner;
    }

    void reads(String name) {
        events.add(new Reads(name));
    }

    void sets(String name) {
        events.add(new Sets(name));
    }

    /** As a parameter or the target of a loop: it has a value from the beginning. */
    void takes(String name) {
        events.add(new Takes(name));
    }

    <T> T then(Branches branches, Supplier<T> part) {
        return apart(branches.then, part);
    }

    <T> T elif(Branches branches, Supplier<T> part) {
        return apart(branches.elifs, part);
    }

    <T> T otherwise(Branches branches, Supplier<T> part) {
        return apart(branches.otherwise, part);
    }

    void add(Branches branches) {
        events.add(branches);
    }

    void addElif(Branches of, Branches elif) {
        of.elifs.add(elif);
    }

    private <T> T apart(List<Event> own, Supplier<T> part) {
        List<Event> before = events;
        events = own;
        T result = part.get();
        events = before;
        return result;
    }

    /** The names that are undefined when the part begins, whatever they are outside. */
    Set<String> hidden() {
        return hidden;
    }

    /** To be called of the whole once all of it has been read. */
    void settle() {
        follow(events, known);
        Set<String> own = new LinkedHashSet<>();
        known.hidden.forEach((name, isHidden) -> {
            if (isHidden) {
                own.add(name);
            }
        });
        hidden = Set.copyOf(own);
        events = List.of();
        inside.forEach(Frame::settle);
    }

    private void follow(List<Event> steps, Known now) {
        for (Event event : steps) {
            if (event instanceof Reads reads) {
                if (!isKnownOutside(reads.name)) {
                    now.hidden.putIfAbsent(reads.name, false);
                }
            } else if (event instanceof Sets sets) {
                now.set.add(sets.name);
                now.hidden.putIfAbsent(sets.name, !isKnownOutside(sets.name));
            } else if (event instanceof Takes takes) {
                now.hidden.put(takes.name, false);
            } else if (event instanceof Branches branches) {
                follow(branches, now);
            }
        }
    }

    /** What not all branches set is as it was outside where it is not set. */
    private void follow(Branches branches, Known now) {
        Map<String, Integer> times = new HashMap<>();
        List<Known> each = new ArrayList<>();
        for (List<Event> branch : List.of(branches.then, branches.elifs, branches.otherwise)) {
            Known then = now.copy();
            follow(branch, then);
            then.set.stream()
                    .filter(name -> !now.set.contains(name))
                    .forEach(name -> times.merge(name, 1, Integer::sum));
            each.add(then);
        }
        for (Known then : each) {
            now.hidden.putAll(then.hidden);
            now.set.addAll(then.set);
        }
        times.forEach((name, count) -> {
            if (count < each.size()) {
                now.hidden.put(name, false);
            }
        });
    }

    private boolean isKnownOutside(String name) {
        for (Frame outer = parent; outer != null; outer = outer.parent) {
            if (outer.known.hidden.containsKey(name)) {
                return true;
            }
        }
        return false;
    }

    /** Names that have been met, whether each is hidden at the beginning, and those that have been set. */
    private static final class Known {
        private final Map<String, Boolean> hidden = new HashMap<>();
        private final Set<String> set = new HashSet<>();

        Known copy() {
            Known copy = new Known();
            copy.hidden.putAll(hidden);
            copy.set.addAll(set);
            return copy;
        }
    }
}
