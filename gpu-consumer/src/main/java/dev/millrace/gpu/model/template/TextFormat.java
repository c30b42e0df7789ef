package dev.millrace.gpu.model.template;

import java.util.List;
import java.util.Map;

/** {@code '{} {0} {name}'.format(...)}, without format specifications. */
final class TextFormat {

    private TextFormat() {}

    static Object apply(Run run, String format, Arguments arguments) {
        StringBuilder out = new StringBuilder();
        int next = 0;
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
                int end = format.indexOf('}', at);
                if (end < 0) {
                    throw new TemplateException("Single '{' encountered in format string");
                }
                String field = format.substring(at + 1, end);
                out.append(Printing.print(run, field(field, field.isEmpty() ? next++ : -1, arguments)));
                at = end;
            }
            run.text(out.length());
        }
        return out.toString();
    }

    private static Object field(String field, int automatic, Arguments arguments) {
        if (field.contains(":") || field.contains("!") || field.contains(".") || field.contains("[")) {
            throw new TemplateException("format field '" + field + "' is not supported");
        }
        List<Object> positional = arguments.positional();
        Map<String, Object> named = arguments.named();
        if (automatic >= 0 || field.chars().allMatch(Character::isDigit)) {
            int at = automatic >= 0 ? automatic : Integer.parseInt(field.substring(0, Math.min(9, field.length())));
            if (at >= positional.size()) {
                throw new TemplateException("Replacement index " + at + " out of range for positional args tuple");
            }
            return positional.get(at);
        }
        Object value = named.get(field);
        if (value == null) {
            throw new TemplateException("'" + field + "'");
        }
        return value;
    }
}
