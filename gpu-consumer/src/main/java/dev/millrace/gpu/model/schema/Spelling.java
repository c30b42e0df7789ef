package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a value is written. */
enum Spelling {
    /** As JSON. */
    JSON,
    /** Between the tags of a parameter: a text bare, anything else as JSON. */
    BARE,
    /** An object whose members are parameters, each between tags of its own; they end with the function's. */
    PARAMETERS;

    private static final String NAME_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    private static final int LONGEST_NAME = 64;
    private static final String PLAIN_NAME = "[" + NAME_LETTERS + "]{1," + LONGEST_NAME + "}";

    /** How the members of an object in this spelling are written. */
    Spelling ofMembers() {
        return this == PARAMETERS ? BARE : JSON;
    }

    /** Any value at all. */
    Form any() {
        return this == JSON ? Values.ANY : text(TextMatcher.ANY, 0, StringForm.UNBOUNDED);
    }

    /** A value that is no text. */
    Form other(Form json) {
        return switch (this) {
            case JSON -> json;
            case BARE -> Forms.sequence(json, BareText.CLOSE);
            case PARAMETERS -> Forms.NOTHING;
        };
    }

    Form text(TextMatcher matcher, int least, int most) {
        return switch (this) {
            case JSON -> StringForm.quoted(matcher, least, most);
            case BARE -> BareText.of(matcher, least, most);
            case PARAMETERS -> Forms.NOTHING;
        };
    }

    Form object(List<ObjectForm.Member> members, @Nullable Form otherKey, Form other) {
        if (this == PARAMETERS) {
            return ObjectForm.of(new ObjectForm.Members(ObjectForm.Style.TAGS, members, otherKey, other));
        }
        return other(ObjectForm.of(new ObjectForm.Members(ObjectForm.Style.JSON, members, otherKey, other)));
    }

    /** In one spelling: another would be as valid, and only a model gone astray would write it. */
    Form key(String name, String path) {
        if (this != PARAMETERS) {
            return Forms.text(TextNode.valueOf(name).toString());
        }
        if (!isWritable(name)) {
            throw new SchemaException(path, "this model cannot write a parameter with the name '" + name + "'");
        }
        return Forms.text("<parameter=" + name + ">\n");
    }

    private static boolean isWritable(String name) {
        return !name.isBlank() && name.equals(name.strip()) && !name.matches("(?s).*[<>\\n].*");
    }

    /** Parameters of any names and values. Those names that are not plain must be known, for what else one may be is not told. */
    static Form anyParameters(JsonNode known) {
        Form value = BARE.any();
        List<ObjectForm.Member> members = new ArrayList<>();
        for (String name : (Iterable<String>) known::fieldNames) {
            if (isWritable(name) && !name.matches(PLAIN_NAME)) {
                members.add(new ObjectForm.Member(PARAMETERS.key(name, ""), value, false));
            }
        }
        return PARAMETERS.object(members, PARAMETERS.otherKey(Set.of(), ""), value);
    }

    /** Names of members that a schema does not name; of parameters there are none beside those that it does. */
    @Nullable
    Form otherKey(Set<String> named, String path) {
        if (this == PARAMETERS) {
            Form name = Forms.repeat(Forms.anyOf(NAME_LETTERS), 1, LONGEST_NAME);
            return named.isEmpty() ? Forms.sequence(Forms.text("<parameter="), name, Forms.text(">\n")) : null;
        }
        return named.isEmpty()
                ? Values.STRING
                : StringForm.quoted(Dfa.noneOf(List.copyOf(named), path), 0, StringForm.UNBOUNDED);
    }
}
