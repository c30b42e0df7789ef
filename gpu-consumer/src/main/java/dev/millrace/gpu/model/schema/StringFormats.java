package dev.millrace.gpu.model.schema;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The formats of strings that are kept to, as patterns: each as wide as the format is used, never wider than it is. */
final class StringFormats {

    private static final String YEAR = "(\\d{3}[1-9]|\\d\\d[1-9]0|\\d[1-9]00|[1-9]000)";
    private static final String BY_FOUR = "(0[48]|[2468][048]|[13579][26])";
    private static final String LEAP_YEAR = "(\\d\\d" + BY_FOUR + "|" + BY_FOUR + "00)";
    private static final String DAY_TO_28 = "(0[1-9]|1\\d|2[0-8])";
    private static final String DATE = "(" + YEAR + "-(0[1-9]|1[0-2])-" + DAY_TO_28
            + "|" + YEAR + "-(0[13-9]|1[0-2])-(29|30)"
            + "|" + YEAR + "-(0[13578]|1[02])-31"
            + "|" + LEAP_YEAR + "-02-29)";
    private static final String TIME =
            "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)";

    private static final String COUNT = "\\d{1,6}";
    private static final String DAYS =
            "(" + COUNT + "D|" + COUNT + "M(" + COUNT + "D)?|" + COUNT + "Y(" + COUNT + "M(" + COUNT + "D)?)?)";
    private static final String HOURS =
            "T(" + COUNT + "S|" + COUNT + "M(" + COUNT + "S)?|" + COUNT + "H(" + COUNT + "M(" + COUNT + "S)?)?)";

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String HEXTET = "[0-9a-fA-F]{1,4}";
    private static final String LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";

    private static final String ATOM = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]";
    private static final String LOCAL = "(" + ATOM + "{1,64}|" + ATOM + "{1,31}\\." + ATOM + "{1,32}|" + ATOM
            + "{1,15}(\\." + ATOM + "{1,15}){2,3})";

    private static final String IN_NAME = "([a-zA-Z0-9._~!$&'()*+,;=-]|%[0-9a-fA-F]{2})";
    private static final String IN_PATH = "([a-zA-Z0-9._~!$&'()*+,;=:@-]|%[0-9a-fA-F]{2})";
    private static final String IN_QUERY = "([a-zA-Z0-9._~!$&'()*+,;=:@/?-]|%[0-9a-fA-F]{2})";
    private static final String PATH = "(/" + IN_PATH + "*)*";

    private static final Map<String, String> PATTERNS = Map.of(
            "date",
            "^" + DATE + "$",
            "time",
            "^" + TIME + "$",
            "date-time",
            "^" + DATE + "T" + TIME + "$",
            "duration",
            "^P(" + DAYS + "(" + HOURS + ")?|" + HOURS + "|" + COUNT + "W)$",
            "uuid",
            "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
            "ipv4",
            "^" + OCTET + "\\." + OCTET + "\\." + OCTET + "\\." + OCTET + "$",
            "ipv6",
            "^(" + ipv6() + ")$",
            "hostname",
            "^" + LABEL + "(\\." + LABEL + "){0,3}$",
            "email",
            "^" + LOCAL + "@" + LABEL + "(\\." + LABEL + "){1,3}$",
            "uri",
            "^[a-zA-Z][a-zA-Z0-9+.-]*:(//(" + IN_NAME + "*@)?" + IN_NAME + "+(:\\d{1,5})?" + PATH + "|(/|///)?"
                    + IN_PATH + "+" + PATH + ")(\\?" + IN_QUERY + "*)?(#" + IN_QUERY + "*)?$");

    private StringFormats() {}

    /** The pattern of a format; null where it is not kept to. */
    static @Nullable String pattern(String format) {
        return PATTERNS.get(format);
    }

    /** Eight groups, or fewer around a gap that stands for the others. */
    private static String ipv6() {
        String before = HEXTET + ":";
        String after = ":" + HEXTET;
        StringBuilder choices =
                new StringBuilder("(" + before + "){7}" + HEXTET + "|(" + before + "){1,7}:|:(" + after + "){1,7}|::");
        for (int groups = 1; groups <= 6; groups++) {
            choices.append("|(" + before + "){" + groups + "}(" + after + "){1," + (7 - groups) + "}");
        }
        return choices.toString();
    }
}
