package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.ingress.error.Refusals;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The members that an object may have. Each is checked and then told to a draft; what is not listed is refused by name.
 * A null stands for an optional member that is not there.
 */
final class Fields<D> {

    private final Map<String, Field<D, ?>> fields = new LinkedHashMap<>();

    private record Field<D, T>(Check<T> check, BiConsumer<D, T> into, boolean required) {

        void read(JsonNode value, String path, D draft) {
            if (required || !value.isNull()) {
                into.accept(draft, check.read(value, path));
            }
        }

        <W> Field<W, T> within(Function<W, D> part) {
            return new Field<>(check, (whole, value) -> into.accept(part.apply(whole), value), required);
        }
    }

    <T> Fields<D> optional(String name, Check<T> check, BiConsumer<D, T> into) {
        fields.put(name, new Field<>(check, into, false));
        return this;
    }

    <T> Fields<D> required(String name, Check<T> check, BiConsumer<D, T> into) {
        fields.put(name, new Field<>(check, into, true));
        return this;
    }

    /** For a member that is checked and has no effect. */
    <T> Fields<D> hint(String name, Check<T> check) {
        return optional(name, check, (draft, value) -> {});
    }

    /** All members of another object's list, read into a part of the draft. */
    <P> Fields<D> with(Fields<P> others, Function<D, P> part) {
        others.fields.forEach((name, field) -> fields.put(name, field.within(part)));
        return this;
    }

    D read(JsonNode value, String path, D draft) {
        ObjectNode object = Checks.object().read(value, path);
        for (String name : fields.keySet()) {
            if (fields.get(name).required && !object.has(name)) {
                throw Refusals.missing(Strings.at(path, name));
            }
        }
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            Field<D, ?> field = fields.get(member.getKey());
            String at = Strings.at(path, member.getKey());
            if (field == null) {
                throw Refusals.unknown(at);
            }
            field.read(member.getValue(), at, draft);
        }
        return draft;
    }
}
