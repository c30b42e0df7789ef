package dev.millrace.gpu.model.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kinds of expression. */
final class Expressions {

    private Expressions() {}

    record Literal(Object value) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            return value;
        }
    }

    record Name(String name) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            scope.run().step();
            return scope.get(name);
        }
    }

    record ListDisplay(List<Expression> elements, boolean tuple) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            List<Object> list = new ArrayList<>(elements.size());
            elements.forEach(element -> list.add(element.evaluate(scope)));
            return tuple ? new Tuple(list) : list;
        }
    }

    record DictDisplay(List<Expression> keys, List<Expression> values) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            Map<Object, Object> map = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                map.put(keys.get(i).evaluate(scope), values.get(i).evaluate(scope));
            }
            return map;
        }
    }

    record Attribute(Expression of, String name) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            scope.run().step();
            return Operations.attribute(of.evaluate(scope), name);
        }
    }

    record Item(Expression of, Expression key) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            scope.run().step();
            return Operations.item(scope.run(), of.evaluate(scope), key.evaluate(scope));
        }
    }

    record Slice(Expression of, Expression from, Expression to, Expression by) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            Object value = of.evaluate(scope);
            return Operations.slice(scope.run(), value, from.evaluate(scope), to.evaluate(scope), by.evaluate(scope));
        }
    }

    record Unary(String operator, Expression operand) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            return Operations.unary(operator, operand.evaluate(scope));
        }
    }

    record Binary(String operator, Expression left, Expression right) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            scope.run().step();
            Object first = left.evaluate(scope);
            return Operations.binary(scope.run(), operator, first, right.evaluate(scope));
        }
    }

    record Concatenation(List<Expression> parts) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            StringBuilder out = new StringBuilder();
            for (Expression part : parts) {
                String text = Printing.print(scope.run(), part.evaluate(scope));
                scope.run().text((long) out.length() + text.length());
                out.append(text);
            }
            return out.toString();
        }
    }

    /** {@code a < b < c}: each operand once, and no further than the first that does not hold. */
    record Comparison(Expression first, List<String> operators, List<Expression> others) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            scope.run().step();
            Object left = first.evaluate(scope);
            for (int i = 0; i < operators.size(); i++) {
                Object right = others.get(i).evaluate(scope);
                if (!Comparing.holds(scope.run(), operators.get(i), left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        }
    }

    record Not(Expression operand) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            return !Values.truth(operand.evaluate(scope));
        }
    }

    record Logic(boolean and, Expression left, Expression right) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            Object value = left.evaluate(scope);
            return Values.truth(value) == and ? right.evaluate(scope) : value;
        }
    }

    record Condition(
            Expression test, Expression then, @Nullable Expression otherwise) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            if (Values.truth(test.evaluate(scope))) {
                return then.evaluate(scope);
            }
            return otherwise == null
                    ? new Undefined("the inline if-expression evaluated to false and no else section was defined.")
                    : otherwise.evaluate(scope);
        }
    }

    /** Arguments as they are written, with {@code *list} and {@code **dict}. */
    record Given(
            List<Expression> positional,
            Map<String, Expression> named,
            @Nullable Expression list,
            @Nullable Expression dict) {

        static final Given NOTHING = new Given(List.of(), Map.of(), null, null);

        Arguments evaluate(Scope scope, @Nullable Object first) {
            List<Object> values = new ArrayList<>();
            if (first != null) {
                values.add(first);
            }
            positional.forEach(each -> values.add(each.evaluate(scope)));
            if (list != null) {
                values.addAll(Values.elements(scope.run(), list.evaluate(scope)));
            }
            Map<String, Object> names = new LinkedHashMap<>();
            named.forEach((name, each) -> names.put(name, each.evaluate(scope)));
            if (dict != null) {
                Values.map(dict.evaluate(scope)).forEach((name, value) -> names.put(Values.string(name), value));
            }
            return new Arguments(values, names);
        }
    }

    record Call(Expression callee, Given given) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            Object called = callee.evaluate(scope);
            return Operations.call(scope.run(), called, given.evaluate(scope, null));
        }
    }

    record Filtered(Expression operand, String name, Given given) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            scope.run().step();
            Object value = operand.evaluate(scope);
            return Filters.apply(scope.run(), name, value, given.evaluate(scope, null));
        }
    }

    record Tested(Expression operand, String name, Given given) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            scope.run().step();
            Object value = operand.evaluate(scope);
            return Checks.holds(scope.run(), name, value, given.evaluate(scope, null));
        }
    }
}
