package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
            "propertyNames",
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

    private static final int MAX_PROPERTIES = 2000;

    private final SchemaReader reader;
    private final JsonNode schema;
    private final Spelling spelling;
    private final String path;
    private final int depth;

    TypedForms(SchemaReader reader, JsonNode schema, Spelling spelling, String path, int depth) {
        this.reader = reader;
        this.schema = schema;
        this.spelling = spelling;
        this.path = path;
        this.depth = depth;
    }

    Form of(String type) {
        return switch (type) {
            case "null" -> spelling.other(Values.NULL);
            case "boolean" -> spelling.other(Values.BOOLEAN);
            case "integer" -> spelling.other(integer());
            case "number" -> spelling.other(number());
            case "string" -> string();
            case "array" -> spelling.other(array());
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
        BigDecimal decimal = Values.decimal(value, path + "/" + keyword);
        boolean lower = keyword.equals("minimum") || keyword.equals("exclusiveMinimum");
        if (decimal.precision() - decimal.scale() > DecimalForm.MAX_WHOLE_DIGITS) {
            // No number is written that is as long, so that only a bound on its far side says anything.
            if (lower == decimal.signum() > 0) {
                throw new SchemaException(path + "/" + keyword, keyword + " has too many digits");
            }
            return null;
        }
        // Nor one with a longer fraction.
        return decimal.setScale(
                Math.min(decimal.scale(), DecimalForm.MAX_FRACTION_DIGITS),
                lower ? RoundingMode.CEILING : RoundingMode.FLOOR);
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
        return spelling.text(matcher, least, most);
    }

    private TextMatcher matcher() {
        JsonNode pattern = schema.get("pattern");
        JsonNode format = schema.get("format");
        if (format == null) {
            return pattern == null ? TextMatcher.ANY : reader.patterns().one(pattern.asText(), path + "/pattern");
        }
        String regex = StringFormats.pattern(format.asText());
        if (regex == null) {
            throw new SchemaException(path + "/format", "the format " + format + " is not supported");
        }
        return pattern == null
                ? reader.patterns().one(regex, path + "/format")
                : reader.patterns().both(pattern.asText(), regex, path + "/pattern");
    }

    private Form array() {
        int least = count("minItems", 0);
        int most = count("maxItems", -1);
        if (most >= 0 && least > most) {
            throw new SchemaException(path, "minItems is above maxItems");
        }
        JsonNode items = schema.get("items");
        Form item = items == null ? Values.ANY : reader.read(items, Spelling.JSON, path + "/items", depth + 1);
        return Values.array(item, least, most);
    }

    private Form object() {
        Spelling member = spelling.ofMembers();
        Map<String, Form> named = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            String name = property.getKey();
            named.put(name, reader.read(property.getValue(), member, path + "/properties/" + name, depth + 1));
        }
        JsonNode additional = schema.get("additionalProperties");
        boolean closed = additional != null && additional.isBoolean() && !additional.booleanValue();
        Form other = closed || additional == null || additional.isBoolean()
                ? member.any()
                : reader.read(additional, member, path + "/additionalProperties", depth + 1);
        Set<String> allowed = reader.propertyNames(schema.get("propertyNames"), path + "/propertyNames");
        if (allowed != null) {
            named.keySet().retainAll(allowed);
            if (!closed) {
                allowed.forEach(name -> named.putIfAbsent(name, other));
                closed = true;
            }
        }
        return object(named, other, closed);
    }

    private Form object(Map<String, Form> named, Form other, boolean closed) {
        Set<String> required = required();
        for (String name : required) {
            if (closed && !named.containsKey(name)) {
                throw new SchemaException(path + "/required", "'" + name + "' is required and not allowed");
            }
            named.putIfAbsent(name, other);
        }
        if (named.size() > MAX_PROPERTIES) {
            throw new SchemaException(path + "/properties", "an object has too many properties");
        }
        List<ObjectForm.Member> members = new ArrayList<>();
        named.forEach((name, value) ->
                members.add(new ObjectForm.Member(spelling.key(name, path), value, required.contains(name))));
        return spelling.object(members, closed ? null : spelling.otherKey(named.keySet(), path), other);
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
