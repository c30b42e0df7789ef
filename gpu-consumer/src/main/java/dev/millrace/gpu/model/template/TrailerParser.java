package dev.millrace.gpu.model.template;

import dev.millrace.gpu.model.template.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what is done with the operand before it: attributes, items, calls, filters and tests. */
final class TrailerParser {

    private static final Expression NOTHING = new Expressions.Literal(None.NONE);
    private static final Set<String> NO_OPERAND = Set.of("else", "or", "and");

    private final Cursor cursor;
    private final ExpressionParser expressions;
    private final AtomParser atoms;

    TrailerParser(Cursor cursor, ExpressionParser expressions, AtomParser atoms) {
        this.cursor = cursor;
        this.expressions = expressions;
        this.atoms = atoms;
    }

    /** Attributes, items, slices and calls. */
    Expression postfix(Expression value) {
        Expression result = value;
        while (true) {
            if (cursor.skipOperator(".")) {
                Token name = cursor.next();
                if (name.kind() == Kind.INTEGER) {
                    result = new Expressions.Item(result, new Expressions.Literal(AtomParser.integer(name.text())));
                } else if (name.kind() == Kind.NAME) {
                    result = new Expressions.Attribute(result, name.text());
                } else {
                    throw TemplateException.at(name.line(), "expected name or number");
                }
            } else if (cursor.skipOperator("[")) {
                result = subscript(result);
            } else if (cursor.now().isOperator("(")) {
                result = new Expressions.Call(result, given());
            } else {
                return result;
            }
        }
    }

    private Expression subscript(Expression of) {
        if (!cursor.now().isOperator(":")) {
            Expression key = tupleIndex();
            if (!cursor.now().isOperator(":")) {
                cursor.expectOperator("]");
                return new Expressions.Item(of, key);
            }
            return slice(of, key);
        }
        return slice(of, NOTHING);
    }

    private Expression tupleIndex() {
        Expression first = expressions.expression();
        if (!cursor.now().isOperator(",")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (cursor.skipOperator(",")) {
            parts.add(expressions.expression());
        }
        return new Expressions.ListDisplay(parts, true);
    }

    private Expression slice(Expression of, Expression from) {
        cursor.expectOperator(":");
        boolean open = cursor.now().isOperator("]") || cursor.now().isOperator(":");
        Expression to = open ? NOTHING : expressions.expression();
        Expression by = NOTHING;
        if (cursor.skipOperator(":") && !cursor.now().isOperator("]")) {
            by = expressions.expression();
        }
        cursor.expectOperator("]");
        return new Expressions.Slice(of, from, to, by);
    }

    /** A filter named without its bar, and those after it. */
    Expression filter(Expression value) {
        String name = dotted();
        return filters(new Expressions.Filtered(value, name, optionalGiven()));
    }

    /** Filters, tests, and calls of what they give. */
    Expression filters(Expression value) {
        Expression result = value;
        while (true) {
            if (cursor.skipOperator("|")) {
                String name = dotted();
                result = new Expressions.Filtered(result, name, optionalGiven());
            } else if (cursor.skipName("is")) {
                result = test(result);
            } else if (cursor.now().isOperator("(")) {
                result = new Expressions.Call(result, given());
            } else {
                return result;
            }
        }
    }

    private String dotted() {
        StringBuilder name = new StringBuilder(cursor.expect(Kind.NAME).text());
        while (cursor.skipOperator(".")) {
            name.append('.').append(cursor.expect(Kind.NAME).text());
        }
        return name.toString();
    }

    private Expressions.Given optionalGiven() {
        return cursor.now().isOperator("(") ? given() : Expressions.Given.NOTHING;
    }

    private Expression test(Expression operand) {
        boolean negated = cursor.skipName("not");
        String name = dotted();
        Expressions.Given given = Expressions.Given.NOTHING;
        if (cursor.now().isOperator("(")) {
            given = given();
        } else if (startsOperand(cursor.now())) {
            if (cursor.now().isName("is")) {
                throw cursor.error("You cannot chain multiple tests with is");
            }
            given = new Expressions.Given(List.of(postfix(atoms.atom())), Map.of(), null, null);
        }
        Expression test = new Expressions.Tested(operand, name, given);
        return negated ? new Expressions.Not(test) : test;
    }

    private static boolean startsOperand(Token token) {
        return switch (token.kind()) {
            case NAME -> !NO_OPERAND.contains(token.text());
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> Set.of("(", "[", "{").contains(token.text());
            default -> false;
        };
    }

    private Expressions.Given given() {
        cursor.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        Expression list = null;
        Expression dict = null;
        boolean first = true;
        while (!cursor.skipOperator(")")) {
            if (!first) {
                cursor.expectOperator(",");
                if (cursor.skipOperator(")")) {
                    break;
                }
            }
            first = false;
            if (cursor.skipOperator("**")) {
                dict = expressions.expression();
            } else if (cursor.skipOperator("*")) {
                list = expressions.expression();
            } else if (cursor.now().kind() == Kind.NAME && cursor.ahead().isOperator("=")) {
                String name = cursor.next().text();
                cursor.next();
                named.put(name, expressions.expression());
            } else if (!named.isEmpty() || list != null || dict != null) {
                throw cursor.error("invalid syntax for function call expression");
            } else {
                positional.add(expressions.expression());
            }
        }
        return new Expressions.Given(positional, named, list, dict);
    }
}
