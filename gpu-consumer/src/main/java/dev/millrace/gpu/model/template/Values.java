package dev.millrace.gpu.model.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of templates: None, Undefined, Boolean, Long or (where that overflows) BigInteger, Double, String, List,
 * Tuple, Range, Map and what can be called.
 */
final class Values {

    private Values() {}

    static Object of(JsonNode node) {
        if (node.isObject()) {
            Map<Object, Object> map = new LinkedHashMap<>();
            node.fields().forEachRemaining(field -> map.put(field.getKey(), of(field.getValue())));
            return map;
        }
        if (node.isArray()) {
            List<Object> list = new ArrayList<>(node.size());
            node.forEach(element -> list.add(of(element)));
            return list;
        }
        if (node.isTextual()) {
            return node.textValue();
        }
        if (node.isIntegralNumber()) {
            return Numbers.whole(node.bigIntegerValue());
        }
        return node.isNumber() ? (Object) node.doubleValue() : node.isBoolean() ? node.booleanValue() : None.NONE;
    }

    static boolean truth(Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof List<?> list) {
            return !list.isEmpty();
        }
        if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        if (value instanceof Number number) {
            return number instanceof BigInteger || number.doubleValue() != 0;
        }
        if (value instanceof DictView view) {
            return !view.elements().isEmpty();
        }
        return value != None.NONE && !(value instanceof Undefined);
    }

    static String typeName(Object value) {
        if (value == None.NONE) {
            return "NoneType";
        }
        if (value instanceof Boolean) {
            return "bool";
        }
        if (value instanceof Number) {
            return value instanceof Double ? "float" : "int";
        }
        if (value instanceof String) {
            return "str";
        }
        if (value instanceof List<?>) {
            return value instanceof Tuple ? "tuple" : value instanceof Range ? "range" : "list";
        }
        if (value instanceof Map<?, ?>) {
            return "dict";
        }
        if (value instanceof DictView view) {
            return view.name();
        }
        return value instanceof OneShot ? "generator" : value.getClass().getSimpleName();
    }

    static long length(Object value) {
        if (value instanceof String text) {
            return text.codePointCount(0, text.length());
        }
        if (value instanceof List<?> list) {
            return list.size();
        }
        if (value instanceof Map<?, ?> map) {
            return map.size();
        }
        if (value instanceof DictView view) {
            return view.elements().size();
        }
        if (value instanceof Undefined) {
            return 0;
        }
        throw new TemplateException("object of type '" + typeName(value) + "' has no len()");
    }

    static boolean isIterable(Object value) {
        return value instanceof String
                || value instanceof List<?>
                || value instanceof Map<?, ?>
                || value instanceof DictView
                || value instanceof OneShot
                || value instanceof Undefined;
    }

    /** The elements of what can be walked through, as they are now. */
    static List<Object> elements(Run run, Object value) {
        List<Object> elements;
        if (value instanceof List<?> list) {
            run.elements(list.size());
            elements = new ArrayList<>(list);
        } else if (value instanceof Map<?, ?> map) {
            run.elements(map.size());
            elements = new ArrayList<>(map.keySet());
        } else if (value instanceof String text) {
            run.elements(text.length());
            elements = new ArrayList<>(
                    text.codePoints().mapToObj(Character::toString).toList());
        } else if (value instanceof DictView view) {
            run.elements(view.elements().size());
            elements = view.elements();
        } else if (value instanceof OneShot lazy) {
            elements = lazy.drain();
        } else if (value instanceof Undefined) {
            elements = List.of();
        } else {
            throw new TemplateException("'" + typeName(value) + "' object is not iterable");
        }
        return elements;
    }

    /** As an argument that must be text. */
    static String string(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw value instanceof Undefined undefined
                ? undefined.used()
                : new TemplateException("must be str, not " + typeName(value));
    }

    /** As an argument that must be a whole number. */
    static long index(Object value) {
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        if (value instanceof BigInteger big) {
            return big.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        throw value instanceof Undefined undefined
                ? undefined.used()
                : new TemplateException("'" + typeName(value) + "' object cannot be interpreted as an integer");
    }

    @SuppressWarnings("unchecked")
    static Map<Object, Object> map(Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<Object, Object>) map;
        }
        throw new TemplateException("'" + typeName(value) + "' object is not a mapping");
    }
}
