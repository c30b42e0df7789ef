package dev.millrace.gpu.model.template;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The methods of text. */
final class TextMethods {

    @FunctionalInterface
    private interface Method {
        Object call(Run run, String text, Arguments arguments);
    }

    private static final Map<String, Method> METHODS = Map.ofEntries(
            entry("strip", (run, text, arguments) -> strip("strip", text, arguments, true, true)),
            entry("lstrip", (run, text, arguments) -> strip("lstrip", text, arguments, true, false)),
            entry("rstrip", (run, text, arguments) -> strip("rstrip", text, arguments, false, true)),
            entry("split", (run, text, arguments) -> split(run, text, arguments, false)),
            entry("rsplit", (run, text, arguments) -> split(run, text, arguments, true)),
            entry("splitlines", TextMethods::splitlines),
            entry("partition", (run, text, arguments) -> partition(text, arguments, false)),
            entry("rpartition", (run, text, arguments) -> partition(text, arguments, true)),
            entry("startswith", (run, text, arguments) -> affix(text, "startswith", arguments)),
            entry("endswith", (run, text, arguments) -> affix(text, "endswith", arguments)),
            entry("removeprefix", (run, text, arguments) -> remove(text, "removeprefix", arguments)),
            entry("removesuffix", (run, text, arguments) -> remove(text, "removesuffix", arguments)),
            entry("replace", TextMethods::replace),
            entry("join", (run, text, arguments) -> join(run, text, arguments.only("join"))),
            entry("find", (run, text, arguments) -> find(text, "find", arguments)),
            entry("rfind", (run, text, arguments) -> find(text, "rfind", arguments)),
            entry("index", (run, text, arguments) -> index(text, "find", arguments)),
            entry("rindex", (run, text, arguments) -> index(text, "rfind", arguments)),
            entry("count", TextMethods::count),
            entry("format", TextFormat::apply),
            entry("upper", (run, text, arguments) -> Text.upper(none(text, arguments))),
            entry("lower", (run, text, arguments) -> Text.lower(none(text, arguments))),
            entry("casefold", (run, text, arguments) -> Text.lower(Text.upper(none(text, arguments)))),
            entry("title", (run, text, arguments) -> Text.titleCase(none(text, arguments))),
            entry("capitalize", (run, text, arguments) -> Text.capitalize(none(text, arguments))),
            entry("swapcase", (run, text, arguments) -> Text.swapCase(none(text, arguments))),
            entry("center", (run, text, arguments) -> pad(run, text, "center", arguments)),
            entry("ljust", (run, text, arguments) -> pad(run, text, "ljust", arguments)),
            entry("rjust", (run, text, arguments) -> pad(run, text, "rjust", arguments)),
            entry("zfill", TextMethods::zfill),
            entry("isalpha", all(Character::isLetter)),
            entry("isalnum", all(point -> Character.isLetter(point) || isNumeric(point))),
            entry("isdigit", all(point -> Character.digit(point, 10) >= 0 && !Character.isLetter(point))),
            entry("isdecimal", all(Character::isDigit)),
            entry("isnumeric", all(TextMethods::isNumeric)),
            entry("isspace", all(Text::isSpace)),
            entry("isascii", is(text -> text.chars().allMatch(letter -> letter < 128))),
            entry("isupper", is(text -> Text.isCase(text, true))),
            entry("islower", is(text -> Text.isCase(text, false))));

    private TextMethods() {}

    static @Nullable Callable bound(String text, String name) {
        Method method = METHODS.get(name);
        return method == null
                ? null
                : (run, arguments) -> {
                    run.text(text.length());
                    return method.call(run, text, arguments);
                };
    }

    private static Method all(IntPredicate test) {
        return is(text -> Text.all(text, test));
    }

    private static Method is(Predicate<String> test) {
        return (run, text, arguments) -> test.test(none(text, arguments));
    }

    private static boolean isNumeric(int point) {
        int type = Character.getType(point);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    private static String none(String text, Arguments arguments) {
        arguments.bind("method");
        return text;
    }

    private static String strip(String name, String text, Arguments arguments, boolean left, boolean right) {
        Object characters = arguments.bind(name, "chars")[0];
        if (characters == null || characters == None.NONE) {
            return Text.strip(text, Text::isSpace, left, right);
        }
        String dropped = Values.string(characters);
        return Text.strip(text, point -> dropped.indexOf(point) >= 0, left, right);
    }

    private static List<Object> split(Run run, String text, Arguments arguments, boolean fromRight) {
        @Nullable Object[] given = arguments.bind("split", "sep", "maxsplit");
        long most = given[1] == null ? -1 : Values.index(given[1]);
        run.elements(text.length() / 4);
        if (given[0] == null || given[0] == None.NONE) {
            return fromRight ? Text.wordsFromRight(text, most) : Text.words(text, most);
        }
        String separator = Values.string(given[0]);
        return fromRight ? Text.splitFromRight(text, separator, most) : Text.split(text, separator, most);
    }

    private static List<Object> splitlines(Run run, String text, Arguments arguments) {
        Object keep = arguments.bind("splitlines", "keepends")[0];
        return Text.lines(text, keep != null && Values.truth(keep));
    }

    private static Tuple partition(String text, Arguments arguments, boolean fromRight) {
        String separator = Values.string(arguments.only("partition"));
        List<Object> parts = fromRight ? Text.splitFromRight(text, separator, 1) : Text.split(text, separator, 1);
        if (parts.size() == 2) {
            return new Tuple(List.of(parts.get(0), separator, parts.get(1)));
        }
        return new Tuple(fromRight ? List.of("", "", text) : List.of(text, "", ""));
    }

    private static boolean affix(String text, String name, Arguments arguments) {
        @Nullable Object[] given = arguments.bind(name, "prefix", "start", "end");
        Object affixes = Arguments.required(name, given[0], "prefix");
        String part = cut(text, given[1], given[2]);
        List<?> any = affixes instanceof Tuple tuple ? tuple : List.of(affixes);
        for (Object each : any) {
            if (!(each instanceof String affix)) {
                throw new TemplateException(
                        name + " first arg must be str or a tuple of str, not " + Values.typeName(each));
            }
            if (name.equals("startswith") ? part.startsWith(affix) : part.endsWith(affix)) {
                return true;
            }
        }
        return false;
    }

    private static String remove(String text, String name, Arguments arguments) {
        String affix = Values.string(arguments.only(name));
        if (name.equals("removeprefix")) {
            return text.startsWith(affix) ? text.substring(affix.length()) : text;
        }
        return text.endsWith(affix) ? text.substring(0, text.length() - affix.length()) : text;
    }

    private static String replace(Run run, String text, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("replace", "old", "new", "count");
        String old = Values.string(Arguments.required("replace", given[0], "old"));
        String with = Values.string(Arguments.required("replace", given[1], "new"));
        return Text.replace(run, text, old, with, given[2] == null ? -1 : Values.index(given[2]));
    }

    static String join(Run run, String separator, Object elements) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        for (Object element : Values.elements(run, elements)) {
            if (!(element instanceof String text)) {
                throw new TemplateException(
                        "sequence item " + at + ": expected str instance, " + Values.typeName(element) + " found");
            }
            out.append(at++ == 0 ? "" : separator).append(text);
            run.text(out.length());
        }
        return out.toString();
    }

    private static long find(String text, String name, Arguments arguments) {
        @Nullable Object[] given = arguments.bind(name, "sub", "start", "end");
        String sub = Values.string(Arguments.required(name, given[0], "sub"));
        String part = cut(text, given[1], given[2]);
        int at = name.equals("find") ? part.indexOf(sub) : part.lastIndexOf(sub);
        long skipped = given[1] == null || given[1] == None.NONE ? 0 : start(text, Values.index(given[1]));
        return at < 0 ? -1 : part.codePointCount(0, at) + skipped;
    }

    private static long start(String text, long index) {
        return index < 0 ? Math.max(0, index + Values.length(text)) : index;
    }

    private static long index(String text, String name, Arguments arguments) {
        long at = find(text, name, arguments);
        if (at < 0) {
            throw new TemplateException("substring not found");
        }
        return at;
    }

    private static String cut(String text, @Nullable Object from, @Nullable Object to) {
        if (from == null && to == null) {
            return text;
        }
        long length = Values.length(text);
        long start = from == null || from == None.NONE ? 0 : start(text, Values.index(from));
        long end = to == null || to == None.NONE ? length : Math.min(length, start(text, Values.index(to)));
        if (start >= end) {
            return "";
        }
        int begin = text.offsetByCodePoints(0, (int) start);
        return text.substring(begin, text.offsetByCodePoints(begin, (int) (end - start)));
    }

    private static long count(Run run, String text, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("count", "sub", "start", "end");
        String sub = Values.string(Arguments.required("count", given[0], "sub"));
        String part = cut(text, given[1], given[2]);
        return sub.isEmpty()
                ? Values.length(part) + 1
                : Text.split(part, sub, -1).size() - 1L;
    }

    private static String pad(Run run, String text, String name, Arguments arguments) {
        @Nullable Object[] given = arguments.bind(name, "width", "fillchar");
        long width = Values.index(Arguments.required(name, given[0], "width"));
        String fill = given[1] == null ? " " : Values.string(given[1]);
        return Text.pad(run, text, width, fill, !name.equals("ljust"), !name.equals("rjust"));
    }

    private static String zfill(Run run, String text, Arguments arguments) {
        long width = Values.index(arguments.only("zfill"));
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String digits = signed ? text.substring(1) : text;
        return (signed ? text.substring(0, 1) : "") + Text.pad(run, digits, width - (signed ? 1 : 0), "0", true, false);
    }
}
