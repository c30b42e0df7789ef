package dev.millrace.gpu.model.template;

import java.util.List;
import java.util.Map;

/** How values print, alone and inside lists and dicts. */
final class Printing {

    private Printing() {}

    static String print(Run run, Object value) {
        if (value instanceof String text) {
            return text;
        }
        return value instanceof Undefined ? "" : inside(run, value);
    }

    /** As it prints inside a list. */
    static String inside(Run run, Object value) {
        StringBuilder out = new StringBuilder();
        append(run, out, value);
        return out.toString();
    }

    private static void append(Run run, StringBuilder out, Object value) {
        run.step();
        if (value instanceof String text) {
            quote(out, text);
        } else if (value instanceof Boolean flag) {
            out.append(flag ? "True" : "False");
        } else if (value instanceof Double real) {
            out.append(Numbers.print(real));
        } else if (value instanceof Number) {
            out.append(value);
        } else if (value == None.NONE) {
            out.append("None");
        } else if (value instanceof Undefined) {
            out.append("Undefined");
        } else if (value instanceof Range range) {
            out.append("range(").append(range.start).append(", ").append(range.stop);
            out.append(range.step == 1 ? "" : ", " + range.step).append(')');
        } else if (value instanceof Tuple tuple) {
            elements(run, out, "(", tuple, tuple.size() == 1 ? ",)" : ")");
        } else if (value instanceof List<?> list) {
            elements(run, out, "[", list, "]");
        } else if (value instanceof Map<?, ?> map) {
            map(run, out, map);
        } else if (value instanceof DictView view) {
            elements(run, out, view.name() + "([", view.elements(), "])");
        } else {
            out.append('<').append(Values.typeName(value)).append(" object>");
        }
        run.text(out.length());
    }

    private static void elements(Run run, StringBuilder out, String open, List<?> elements, String close) {
        out.append(open);
        String between = "";
        for (Object element : elements) {
            out.append(between);
            append(run, out, element);
            between = ", ";
        }
        out.append(close);
    }

    private static void map(Run run, StringBuilder out, Map<?, ?> map) {
        out.append('{');
        String between = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(between);
            append(run, out, entry.getKey());
            out.append(": ");
            append(run, out, entry.getValue());
            between = ", ";
        }
        out.append('}');
    }

    private static void quote(StringBuilder out, String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(point -> {
            if (point == quote || point == '\\') {
                out.append('\\').append((char) point);
            } else if (point == '\n') {
                out.append("\\n");
            } else if (point == '\r') {
                out.append("\\r");
            } else if (point == '\t') {
                out.append("\\t");
            } else if (isPrintable(point)) {
                out.appendCodePoint(point);
            } else {
                out.append(
                        point < 0x100
                                ? String.format("\\x%02x", point)
                                : point < 0x10000 ? String.format("\\u%04x", point) : String.format("\\U%08x", point));
            }
        });
        out.append(quote);
    }

    private static boolean isPrintable(int point) {
        if (point == ' ') {
            return true;
        }
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }
}
