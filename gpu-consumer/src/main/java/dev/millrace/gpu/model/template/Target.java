package dev.millrace.gpu.model.template;

import java.util.List;
import java.util.function.Consumer;

/** Where a value goes: a name, an attribute of a namespace, or several of them. */
sealed interface Target {

    void assign(Scope scope, Object value);

    /** The names that get a value. */
    void names(Consumer<String> each);

    record Name(String name) implements Target {
        @Override
        public void assign(Scope scope, Object value) {
            scope.set(name, value);
        }

        @Override
        public void names(Consumer<String> each) {
            each.accept(name);
        }
    }

    record Attribute(String namespace, String name) implements Target {
        @Override
        public void assign(Scope scope, Object value) {
            if (!(scope.get(namespace) instanceof Namespace found)) {
                throw new TemplateException("cannot assign attribute on non-namespace object");
            }
            found.attributes().put(name, value);
        }

        @Override
        public void names(Consumer<String> each) {}
    }

    record Several(List<Target> targets) implements Target {
        @Override
        public void assign(Scope scope, Object value) {
            if (value instanceof Undefined undefined && !targets.isEmpty()) {
                throw undefined.used();
            }
            if (!Values.isIterable(value)) {
                throw new TemplateException("cannot unpack non-iterable " + Values.typeName(value) + " object");
            }
            List<Object> elements = Values.elements(scope.run(), value);
            if (elements.size() > targets.size()) {
                throw new TemplateException("too many values to unpack (expected " + targets.size() + ")");
            }
            if (elements.size() < targets.size()) {
                throw new TemplateException(
                        "not enough values to unpack (expected " + targets.size() + ", got " + elements.size() + ")");
            }
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(scope, elements.get(i));
            }
        }

        @Override
        public void names(Consumer<String> each) {
            targets.forEach(target -> target.names(each));
        }
    }
}
