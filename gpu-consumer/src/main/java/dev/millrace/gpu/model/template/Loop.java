package dev.millrace.gpu.model.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code loop} is inside a for: where it stands, and a way to call the loop again for what is nested. */
final class Loop implements Callable {

    private final List<Object> elements;
    private final int depth;
    private final @Nullable Callable again;
    private @Nullable List<Object> lastSeen;
    private int index;

    Loop(List<Object> elements, int depth, @Nullable Callable again) {
        this.elements = elements;
        this.depth = depth;
        this.again = again;
    }

    void at(int now) {
        index = now;
    }

    @Override
    public Object call(Run run, Arguments arguments) {
        if (again == null) {
            throw new TemplateException("The loop must have the 'recursive' marker to be called recursively.");
        }
        return again.call(run, arguments);
    }

    @Nullable
    Object attribute(String name) {
        int last = elements.size() - 1;
        return switch (name) {
            case "index" -> index + 1L;
            case "index0" -> (long) index;
            case "revindex" -> (long) last - index + 1;
            case "revindex0" -> (long) last - index;
            case "first" -> index == 0;
            case "last" -> index == last;
            case "length" -> (long) elements.size();
            case "depth" -> depth + 1L;
            case "depth0" -> (long) depth;
            case "previtem" -> index > 0 ? elements.get(index - 1) : new Undefined("there is no previous item");
            case "nextitem" -> index < last ? elements.get(index + 1) : new Undefined("there is no next item");
            case "cycle" -> (Callable) (run, arguments) -> cycle(arguments.positional());
            case "changed" -> (Callable) (run, arguments) -> changed(arguments.positional());
            default -> null;
        };
    }

    private Object cycle(List<Object> values) {
        if (values.isEmpty()) {
            throw new TemplateException("no items for cycling given");
        }
        return values.get(index % values.size());
    }

    private Object changed(List<Object> values) {
        boolean same = lastSeen != null && Comparing.equal(lastSeen, values);
        lastSeen = values;
        return !same;
    }
}
