package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Forms of JSON values that no schema says more of, and of values that are given. */
final class Values {

    private static final int MAX_FREE_DEPTH = 12;
    private static final int MAX_DIGITS = 20;

    private static final Form DIGIT = Forms.anyOf("0123456789");
    private static final Form OPTIONAL_MINUS = Forms.repeat(Forms.text("-"), 0, 1);
    private static final Form FRACTION = Forms.sequence(Forms.text("."), Forms.repeat(DIGIT, 1, MAX_DIGITS));
    private static final Form EXPONENT =
            Forms.sequence(Forms.anyOf("eE"), Forms.repeat(Forms.anyOf("+-"), 0, 1), Forms.repeat(DIGIT, 1, 2));
    private static final Form WHOLE = Forms.either(
            List.of(Forms.text("0"), Forms.sequence(Forms.anyOf("123456789"), Forms.repeat(DIGIT, 0, MAX_DIGITS - 1))));

    static final Form NULL = Forms.text("null");
    static final Form BOOLEAN = Forms.either(List.of(Forms.text("true"), Forms.text("false")));
    static final Form STRING = StringForm.quoted(TextMatcher.ANY, 0, StringForm.UNBOUNDED);
    static final Form NUMBER =
            Forms.sequence(OPTIONAL_MINUS, WHOLE, Forms.repeat(FRACTION, 0, 1), Forms.repeat(EXPONENT, 0, 1));

    static final Form ANY = free(MAX_FREE_DEPTH);
    static final Form ANY_OBJECT = freeObject(ANY);

    private Values() {}

    /** Any value that does not nest deeper than so; a bound, for a model that never stops opening brackets. */
    private static Form free(int depth) {
        List<Form> choices = new ArrayList<>(List.of(NULL, BOOLEAN, NUMBER, STRING));
        if (depth > 0) {
            Form inner = free(depth - 1);
            choices.add(array(inner, 0, -1));
            choices.add(freeObject(inner));
        }
        Rule rule = new Rule();
        rule.means(Forms.either(choices));
        rule.shorten();
        return rule;
    }

    private static Form freeObject(Form value) {
        return ObjectForm.of(new ObjectForm.Members(ObjectForm.Style.JSON, List.of(), STRING, value));
    }

    /**
     * @param most negative: without a bound
     */
    static Form array(Form item, int least, int most) {
        List<Form> choices = new ArrayList<>();
        Form close = Forms.sequence(Forms.SPACE, Forms.text("]"));
        if (least == 0) {
            choices.add(close);
        }
        if (most != 0) {
            Form next = Forms.sequence(Forms.SPACE, Forms.text(","), Forms.SPACE, item);
            choices.add(Forms.sequence(
                    Forms.SPACE, item, Forms.repeat(next, Math.max(0, least - 1), most < 0 ? most : most - 1), close));
        }
        return Forms.sequence(Forms.text("["), Forms.either(choices));
    }

    /** Exactly this value, in any spelling of its strings and any order of its members. */
    static Form exactly(JsonNode value, String path) {
        if (value.isTextual()) {
            return StringForm.quoted(Dfa.anyOf(List.of(value.textValue()), path), 0, StringForm.UNBOUNDED);
        }
        if (value.isArray()) {
            List<Form> parts = new ArrayList<>(List.of(Forms.text("[")));
            for (int i = 0; i < value.size(); i++) {
                if (i > 0) {
                    parts.add(Forms.SPACE);
                    parts.add(Forms.text(","));
                }
                parts.add(Forms.SPACE);
                parts.add(exactly(value.get(i), path));
            }
            parts.add(Forms.SPACE);
            parts.add(Forms.text("]"));
            return Forms.sequence(parts.toArray(Form[]::new));
        }
        if (value.isObject()) {
            List<ObjectForm.Member> members = new ArrayList<>();
            value.fields()
                    .forEachRemaining(field -> members.add(new ObjectForm.Member(
                            exactly(TextNode.valueOf(field.getKey()), path), exactly(field.getValue(), path), true)));
            return ObjectForm.of(new ObjectForm.Members(ObjectForm.Style.JSON, members, null, NULL));
        }
        return value.isNumber() ? number(value, path) : Forms.text(value.toString());
    }

    /** As it came, or in plain digits where those are no more than other numbers have. */
    private static Form number(JsonNode value, String path) {
        String written = value.toString();
        String plain = decimal(value, path).stripTrailingZeros().toPlainString();
        return plain.equals(written) || plain.length() > MAX_DIGITS
                ? Forms.text(written)
                : Forms.either(List.of(Forms.text(written), Forms.text(plain)));
    }

    /** A number that a schema gives; one that is larger than any that is read was read as something else. */
    static BigDecimal decimal(JsonNode value, String path) {
        if (value.isDouble() && !Double.isFinite(value.doubleValue())) {
            throw new SchemaException(path, "a number is too large");
        }
        return value.decimalValue();
    }
}
