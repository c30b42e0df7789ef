package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The form that a schema gives to values of one type. */
final class TypedForms {

    static final Set<String> NARROWING = Set.of(
            "properties",
            "required",
            "additionalProperties",
            "items",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "pattern",
            "format",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum");

    private static final String DATE = "\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\\d|2[0-8])";
    private static final String TIME =
            "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)";
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";

    /** Each narrower than the format itself, never wider. */
    private static final Map<String, String> FORMATS = Map.of(
            "date", "^" + DATE + "$",
            "time", "^" + TIME + "$",
            "date-time", "^" + DATE + "T" + TIME + "$",
            "uuid", "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
            "ipv4", "^" + OCTET + "\\." + OCTET + "\\." + OCTET + "\\." + OCTET + "$",
            "hostname", "^" + LABEL + "(\\." + LABEL + "){0,3}$",
            "email", "^[a-zA-Z0-9_+-]{1,30}(\\.[a-zA-Z0-9_+-]{1,20})?@" + LABEL + "(\\." + LABEL + "){1,3}$");

    private final SchemaReader reader;
    private final JsonNode schema;
    private final String path;
    private final int depth;

    TypedForms(SchemaReader reader, JsonNode schema, String path, int depth) {
        this.reader = reader;
        this.schema = schema;
        this.path = path;
        this.depth = depth;
    }

    Form of(String type) {
        return switch (type) {
            case "null" -> Values.NULL;
            case "boolean" -> Values.BOOLEAN;
            case "integer" -> integer();
            case "number" -> number();
            case "string" -> string();
            case "array" -> array();
            default -> object();
        };
    }

    private Form integer() {
        DecimalForm.Bounds bounds = bounds();
        BigDecimal low = bounds.lowest();
        BigDecimal high = bounds.highest();
        if (low != null) {
            BigDecimal up = low.setScale(0, RoundingMode.CEILING);
            low = bounds.lowestOut() && up.compareTo(low) == 0 ? up.add(BigDecimal.ONE) : up;
        }
        if (high != null) {
            BigDecimal down = high.setScale(0, RoundingMode.FLOOR);
            high = bounds.highestOut() && down.compareTo(high) == 0 ? down.subtract(BigDecimal.ONE) : down;
        }
        return IntegerForm.between(low == null ? null : low.toBigInteger(), high == null ? null : high.toBigInteger());
    }

    private Form number() {
        DecimalForm.Bounds bounds = bounds();
        return bounds.lowest() == null && bounds.highest() == null ? Values.NUMBER : new DecimalForm(bounds, "");
    }

    private DecimalForm.Bounds bounds() {
        BigDecimal low = decimal("minimum");
        BigDecimal above = decimal("exclusiveMinimum");
        boolean lowOut = above != null && (low == null || above.compareTo(low) >= 0);
        BigDecimal high = decimal("maximum");
        BigDecimal below = decimal("exclusiveMaximum");
        boolean highOut = below != null && (high == null || below.compareTo(high) <= 0);
        return new DecimalForm.Bounds(lowOut ? above : low, lowOut, highOut ? below : high, highOut);
    }

    private @Nullable BigDecimal decimal(String keyword) {
        JsonNode value = schema.get(keyword);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            throw new SchemaException(path + "/" + keyword, keyword + " must be a number");
        }
        BigDecimal decimal = value.decimalValue();
        if (decimal.precision() - decimal.scale() > IntegerForm.MAX_DIGITS
                || decimal.scale() > IntegerForm.MAX_DIGITS) {
            throw new SchemaException(path + "/" + keyword, keyword + " has too many digits");
        }
        return decimal;
    }

    private int count(String keyword, int otherwise) {
        JsonNode value = schema.get(keyword);
        if (value == null) {
            return otherwise;
        }
        if (!value.isNumber() || value.doubleValue() != Math.rint(value.doubleValue()) || value.doubleValue() < 0) {
            throw new SchemaException(path + "/" + keyword, keyword + " must be a whole number, not negative");
        }
        return (int) Math.min(value.doubleValue(), StringForm.UNBOUNDED);
    }

    private Form string() {
        int least = count("minLength", 0);
        int most = count("maxLength", StringForm.UNBOUNDED);
        TextMatcher matcher = matcher();
        if (!matcher.canEnd(matcher.start(), least, most)) {
            throw new SchemaException(path, "no string fits its length and pattern");
        }
        return StringForm.quoted(matcher, least, most);
    }

    private TextMatcher matcher() {
        JsonNode pattern = schema.get("pattern");
        JsonNode format = schema.get("format");
        if (pattern != null && format != null) {
            throw new SchemaException(path, "'format' beside 'pattern' is not supported");
        }
        if (pattern != null) {
            return reader.pattern(pattern.asText(), path + "/pattern");
        }
        if (format == null) {
            return TextMatcher.ANY;
        }
        String regex = FORMATS.get(format.asText());
        if (regex == null) {
            throw new SchemaException(path + "/format", "the format " + format + " is not supported");
        }
        return reader.pattern(regex, path + "/format");
    }

    private Form array() {
        int least = count("minItems", 0);
        int most = count("maxItems", -1);
        if (most >= 0 && least > most) {
            throw new SchemaException(path, "minItems is above maxItems");
        }
        JsonNode items = schema.get("items");
        Form item = items == null ? Values.ANY : reader.read(items, path + "/items", depth + 1);
        return Values.array(item, least, most);
    }

    private Form object() {
        JsonNode properties = schema.path("properties");
        Set<String> required = required();
        JsonNode additional = schema.get("additionalProperties");
        boolean closed = additional != null && additional.isBoolean() && !additional.booleanValue();
        Form other = closed || additional == null || additional.isBoolean()
                ? Values.ANY
                : reader.read(additional, path + "/additionalProperties", depth + 1);
        List<String> names = new ArrayList<>();
        List<ObjectForm.Member> members = new ArrayList<>();
        properties.fields().forEachRemaining(property -> {
            String name = property.getKey();
            Form value = reader.read(property.getValue(), path + "/properties/" + name, depth + 1);
            names.add(name);
            members.add(new ObjectForm.Member(key(name), value, required.contains(name)));
        });
        for (String name : required) {
            if (!names.contains(name)) {
                if (closed) {
                    throw new SchemaException(path + "/required", "'" + name + "' is required and not allowed");
                }
                names.add(name);
                members.add(new ObjectForm.Member(key(name), other, true));
            }
        }
        Form otherKey = closed
                ? null
                : names.isEmpty() ? Values.STRING : StringForm.quoted(Dfa.noneOf(names, path), 0, StringForm.UNBOUNDED);
        return ObjectForm.of(new ObjectForm.Members(members, otherKey, other));
    }

    /** In one spelling: another would be as valid, and only a model gone astray would write it. */
    private static Form key(String name) {
        return Forms.text(TextNode.valueOf(name).toString());
    }

    private Set<String> required() {
        Set<String> required = new LinkedHashSet<>();
        for (JsonNode name : schema.path("required")) {
            if (!name.isTextual()) {
                throw new SchemaException(path + "/required", "required must be a list of names");
            }
            required.add(name.textValue());
        }
        return required;
    }
}
