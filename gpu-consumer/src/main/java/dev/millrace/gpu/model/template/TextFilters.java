package dev.millrace.gpu.model.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters over text. */
final class TextFilters {

    private static final Pattern WORD_START = Pattern.compile("([-\\s({\\[<]+)", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

    private TextFilters() {}

    static Object trim(Run run, Object value, Arguments arguments) {
        Object characters = arguments.bind("trim", "chars")[0];
        String text = Printing.print(run, value);
        if (characters == null || characters == None.NONE) {
            return Text.strip(text, Text::isSpace, true, true);
        }
        String dropped = Values.string(characters);
        return Text.strip(text, point -> dropped.indexOf(point) >= 0, true, true);
    }

    static Object replace(Run run, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("replace", "old", "new", "count");
        String old = Printing.print(run, Arguments.required("replace", given[0], "old"));
        String with = Printing.print(run, Arguments.required("replace", given[1], "new"));
        long most = given[2] == null || given[2] == None.NONE ? -1 : Values.index(given[2]);
        return Text.replace(run, Printing.print(run, value), old, with, most);
    }

    static Object indent(Run run, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("indent", "width", "first", "blank");
        String indent = given[0] instanceof String text
                ? text
                : Text.pad(run, "", given[0] == null ? 4 : Values.index(given[0]), " ", true, false);
        boolean first = given[1] != null && Values.truth(given[1]);
        boolean blank = given[2] != null && Values.truth(given[2]);
        List<Object> lines = Text.lines(Values.string(value) + "\n", false);
        StringBuilder out = new StringBuilder(first ? indent : "");
        for (int i = 0; i < lines.size(); i++) {
            String line = Values.string(lines.get(i));
            out.append(i == 0 ? "" : "\n")
                    .append(i > 0 && (blank || !line.isEmpty()) ? indent : "")
                    .append(line);
            run.text(out.length());
        }
        return out.toString();
    }

    static Object center(Run run, Object value, Arguments arguments) {
        Object width = arguments.bind("center", "width")[0];
        return Text.pad(run, Printing.print(run, value), width == null ? 80 : Values.index(width), " ", true, true);
    }

    static Object truncate(Run run, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("truncate", "length", "killwords", "end", "leeway");
        String text = Values.string(value);
        long length = given[0] == null ? 255 : Values.index(given[0]);
        String end = given[2] == null ? "..." : Values.string(given[2]);
        long leeway = given[3] == null || given[3] == None.NONE ? 5 : Values.index(given[3]);
        if (length < Values.length(end)) {
            throw new TemplateException("expected length >= " + Values.length(end) + ", got " + length);
        }
        if (Values.length(text) <= length + leeway) {
            return text;
        }
        String cut = text.substring(0, text.offsetByCodePoints(0, (int) (length - Values.length(end))));
        boolean killWords = given[1] != null && Values.truth(given[1]);
        int space = cut.lastIndexOf(' ');
        return (killWords || space < 0 ? cut : cut.substring(0, space)) + end;
    }

    static Object escape(Run run, Object value, Arguments arguments) {
        return run.text(Printing.print(run, value)
                .replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;"));
    }

    static Object format(Run run, Object value, Arguments arguments) {
        Map<String, Object> named = arguments.named();
        Object values = named.isEmpty() ? new Tuple(arguments.positional()) : new LinkedHashMap<>(named);
        return PercentFormat.apply(run, Printing.print(run, value), values);
    }

    static Object wordcount(Run run, Object value, Arguments arguments) {
        return WORD.matcher(Printing.print(run, value)).results().count();
    }

    static String title(String text) {
        StringBuilder out = new StringBuilder();
        Matcher between = WORD_START.matcher(text);
        int from = 0;
        while (between.find()) {
            out.append(Text.capitalize(text.substring(from, between.start()))).append(between.group());
            from = between.end();
        }
        return out.append(Text.capitalize(text.substring(from))).toString();
    }
}
