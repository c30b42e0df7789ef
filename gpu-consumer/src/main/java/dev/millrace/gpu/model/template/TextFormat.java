package dev.millrace.gpu.model.template;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code '{} {0} {name:>5} {a.b[c]!r:{width}}'.format(...)}. */
final class TextFormat {

    private static final Pattern FIELD =
            Pattern.compile("([^!:.\\[]*)((?:\\.[^!:.\\[]+|\\[[^\\]]+\\])*)(?:!([rsa]))?(?::(.*))?", Pattern.DOTALL);
    private static final Pattern STEP = Pattern.compile("\\.([^.\\[]+)|\\[([^\\]]+)\\]");

    /** Java's matcher goes as deep as a path is long. */
    private static final int LONGEST_FIELD = 500;

    private final Run run;
    private final Arguments arguments;
    private int next;
    private boolean numbered;

    private TextFormat(Run run, Arguments arguments) {
        this.run = run;
        this.arguments = arguments;
    }

    static Object apply(Run run, String format, Arguments arguments) {
        return new TextFormat(run, arguments).fill(format, 2);
    }

    /** @param depth how deep fields may lie in one another */
    private String fill(String format, int depth) {
        if (depth == 0) {
            throw new TemplateException("Max string recursion exceeded");
        }
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < format.length(); at++) {
            char letter = format.charAt(at);
            boolean twice = at + 1 < format.length() && format.charAt(at + 1) == letter;
            if (letter != '{' && letter != '}') {
                out.append(letter);
            } else if (twice) {
                out.append(letter);
                at++;
            } else if (letter == '}') {
                throw new TemplateException("Single '}' encountered in format string");
            } else {
                int end = end(format, at);
                out.append(field(format.substring(at + 1, end), depth));
                at = end;
            }
            run.text(out.length());
        }
        return out.toString();
    }

    /** Where the field ends that begins here. */
    private static int end(String format, int begin) {
        int open = 0;
        for (int at = begin; at < format.length(); at++) {
            open += format.charAt(at) == '{' ? 1 : format.charAt(at) == '}' ? -1 : 0;
            if (open == 0) {
                return at;
            }
        }
        throw new TemplateException("Single '{' encountered in format string");
    }

    private String field(String text, int depth) {
        Matcher field = FIELD.matcher(text);
        if (text.length() > LONGEST_FIELD || !field.matches()) {
            throw new TemplateException(
                    "format field '" + text.substring(0, Math.min(40, text.length())) + "' is not supported");
        }
        Object value = first(field.group(1));
        Matcher step = STEP.matcher(field.group(2));
        while (step.find()) {
            value = step.group(1) != null
                    ? Operations.attribute(value, step.group(1))
                    : Operations.item(run, value, isIndex(step.group(2)) ? index(step.group(2)) : step.group(2));
        }
        if (field.group(3) != null) {
            value = field.group(3).equals("s") ? Printing.print(run, value) : Printing.inside(run, value);
        }
        String spec = field.group(4) == null ? "" : fill(field.group(4), depth - 1);
        return FormatSpec.apply(run, spec, value);
    }

    private Object first(String name) {
        List<Object> positional = arguments.positional();
        Map<String, Object> named = arguments.named();
        if (name.isEmpty() || isIndex(name)) {
            numbered |= !name.isEmpty();
            long at = name.isEmpty() ? next++ : index(name);
            if (numbered && next > 0) {
                throw new TemplateException("fields of a format are either numbered or in order");
            }
            if (at >= positional.size()) {
                throw new TemplateException("Replacement index " + at + " out of range for positional args tuple");
            }
            return positional.get((int) at);
        }
        Object value = named.get(name);
        if (value == null) {
            throw new TemplateException("'" + name + "'");
        }
        return value;
    }

    private static boolean isIndex(String name) {
        return name.chars().allMatch(letter -> letter >= '0' && letter <= '9');
    }

    private static Long index(String digits) {
        return Long.valueOf(digits.substring(0, Math.min(9, digits.length())));
    }
}
