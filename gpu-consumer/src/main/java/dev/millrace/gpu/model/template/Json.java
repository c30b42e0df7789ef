package dev.millrace.gpu.model.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as models were trained on it: Python's spacing, order, non-ASCII and HTML characters kept. */
final class Json {

    private final Run run;
    private final boolean ascii;
    private final boolean sorted;
    private final @Nullable String indent;
    private final String comma;
    private final String colon;
    private final StringBuilder out = new StringBuilder();

    private Json(Run run, @Nullable Object[] options) {
        this.run = run;
        ascii = options[0] != null && Values.truth(options[0]);
        Object depth = options[1] == null ? None.NONE : options[1];
        indent = depth == None.NONE
                ? null
                : depth instanceof String text
                        ? text
                        : " ".repeat((int) Math.min(64, Math.max(0, Values.index(depth))));
        Object separators = options[2] == null ? None.NONE : options[2];
        if (separators == None.NONE) {
            comma = indent == null ? ", " : ",";
            colon = ": ";
        } else {
            List<Object> pair = Values.elements(run, separators);
            if (pair.size() != 2) {
                throw new TemplateException("separators must be two strings");
            }
            comma = Values.string(pair.get(0));
            colon = Values.string(pair.get(1));
        }
        sorted = options[3] != null && Values.truth(options[3]);
    }

    /** The filter: ensure_ascii, indent, separators, sort_keys. */
    static String write(Run run, Object value, Arguments arguments) {
        Json json = new Json(run, arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys"));
        json.append(value, 0);
        return json.out.toString();
    }

    private void append(Object value, int depth) {
        run.step();
        if (value instanceof String text) {
            quote(text);
        } else if (value instanceof Boolean || value instanceof Long || value instanceof java.math.BigInteger) {
            out.append(value);
        } else if (value instanceof Double real) {
            out.append(print(real));
        } else if (value == None.NONE) {
            out.append("null");
        } else if (value instanceof Map<?, ?> map) {
            object(map, depth + 1);
        } else if (value instanceof List<?> list && !(value instanceof Range)) {
            array(list, depth + 1);
        } else {
            throw new TemplateException("Object of type " + Values.typeName(value) + " is not JSON serializable");
        }
        run.text(out.length());
    }

    private void array(List<?> list, int depth) {
        out.append('[');
        String between = "";
        for (Object element : list) {
            out.append(between);
            line(depth);
            append(element, depth);
            between = comma;
        }
        close(list.isEmpty(), depth - 1, ']');
    }

    private void object(Map<?, ?> map, int depth) {
        out.append('{');
        String between = "";
        List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
        if (sorted) {
            entries.sort((a, b) -> Comparing.compare("<", a.getKey(), b.getKey()));
        }
        for (Map.Entry<?, ?> entry : entries) {
            out.append(between);
            line(depth);
            quote(key(entry.getKey()));
            out.append(colon);
            append(entry.getValue(), depth);
            between = comma;
        }
        close(map.isEmpty(), depth - 1, '}');
    }

    private String key(Object key) {
        if (key instanceof String text) {
            return text;
        }
        if (key instanceof Double real) {
            return print(real);
        }
        if (key instanceof Number || key instanceof Boolean) {
            return key.toString();
        }
        if (key == None.NONE) {
            return "null";
        }
        throw new TemplateException("keys must be str, int, float, bool or None, not " + Values.typeName(key));
    }

    private void line(int depth) {
        if (indent != null) {
            out.append('\n').append(indent.repeat(depth));
        }
    }

    private void close(boolean empty, int depth, char bracket) {
        if (!empty) {
            line(depth);
        }
        out.append(bracket);
    }

    private static String print(double real) {
        return switch (Numbers.print(real)) {
            case "nan" -> "NaN";
            case "inf" -> "Infinity";
            case "-inf" -> "-Infinity";
            default -> Numbers.print(real);
        };
    }

    private void quote(String text) {
        run.text(text.length());
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            switch (letter) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (letter < ' ' || (ascii && letter > '~')) {
                        out.append(String.format("\\u%04x", (int) letter));
                    } else {
                        out.append(letter);
                    }
                }
            }
        }
        out.append('"');
    }
}
