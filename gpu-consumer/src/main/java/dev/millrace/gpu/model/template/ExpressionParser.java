package dev.millrace.gpu.model.template;

import dev.millrace.gpu.model.template.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads expressions, the loosest binding first. */
final class ExpressionParser {

    private static final Expression NOTHING = new Expressions.Literal(None.NONE);
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> NO_OPERAND = Set.of("else", "or", "and");

    private final Cursor cursor;

    ExpressionParser(Cursor cursor) {
        this.cursor = cursor;
    }

    Expression expression() {
        return condition(true);
    }

    /** One expression, or several with commas between as a tuple. */
    Expression tuple(boolean withCondition) {
        Expression first = condition(withCondition);
        if (!cursor.now().isOperator(",")) {
            return first;
        }
        List<Expression> elements = new ArrayList<>(List.of(first));
        while (cursor.skipOperator(",")) {
            if (endsTuple()) {
                break;
            }
            elements.add(condition(withCondition));
        }
        return new Expressions.ListDisplay(elements, true);
    }

    private boolean endsTuple() {
        Token now = cursor.now();
        return now.kind() == Kind.OUTPUT_END
                || now.kind() == Kind.BLOCK_END
                || now.isOperator(")")
                || now.isName("recursive");
    }

    private Expression condition(boolean withCondition) {
        cursor.enter();
        Expression value = or();
        while (withCondition && cursor.skipName("if")) {
            Expression test = or();
            Expression otherwise = cursor.skipName("else") ? condition(true) : null;
            value = new Expressions.Condition(test, value, otherwise);
        }
        cursor.leave();
        return value;
    }

    private Expression or() {
        Expression left = and();
        while (cursor.skipName("or")) {
            left = new Expressions.Logic(false, left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (cursor.skipName("and")) {
            left = new Expressions.Logic(true, left, not());
        }
        return left;
    }

    private Expression not() {
        if (!cursor.skipName("not")) {
            return comparison();
        }
        cursor.enter();
        Expression operand = not();
        cursor.leave();
        return new Expressions.Not(operand);
    }

    private Expression comparison() {
        Expression first = sum();
        List<String> operators = new ArrayList<>();
        List<Expression> others = new ArrayList<>();
        for (String operator = comparing(); operator != null; operator = comparing()) {
            operators.add(operator);
            others.add(sum());
        }
        return operators.isEmpty() ? first : new Expressions.Comparison(first, operators, others);
    }

    private @Nullable String comparing() {
        Token now = cursor.now();
        if (now.kind() == Kind.OPERATOR && COMPARISONS.contains(now.text())) {
            return cursor.next().text();
        }
        if (cursor.skipName("in")) {
            return "in";
        }
        if (now.isName("not") && cursor.ahead().isName("in")) {
            cursor.next();
            cursor.next();
            return "not in";
        }
        return null;
    }

    private Expression sum() {
        Expression left = concatenation();
        while (cursor.now().isOperator("+") || cursor.now().isOperator("-")) {
            left = new Expressions.Binary(cursor.next().text(), left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        List<Expression> parts = new ArrayList<>(List.of(product()));
        while (cursor.skipOperator("~")) {
            parts.add(product());
        }
        return parts.size() == 1 ? parts.get(0) : new Expressions.Concatenation(parts);
    }

    private Expression product() {
        Expression left = power();
        while (cursor.now().kind() == Kind.OPERATOR
                && Set.of("*", "/", "//", "%").contains(cursor.now().text())) {
            left = new Expressions.Binary(cursor.next().text(), left, power());
        }
        return left;
    }

    private Expression power() {
        Expression left = unary(true);
        while (cursor.skipOperator("**")) {
            left = new Expressions.Binary("**", left, unary(true));
        }
        return left;
    }

    private Expression unary(boolean withFilters) {
        Token now = cursor.now();
        Expression value;
        if (now.isOperator("-") || now.isOperator("+")) {
            cursor.enter();
            value = new Expressions.Unary(cursor.next().text(), unary(false));
            cursor.leave();
        } else {
            value = primary();
        }
        value = postfix(value);
        return withFilters ? filters(value) : value;
    }

    private Expression primary() {
        Token now = cursor.next();
        switch (now.kind()) {
            case NAME -> {
                return name(now.text());
            }
            case STRING -> {
                StringBuilder text = new StringBuilder(now.text());
                while (cursor.now().kind() == Kind.STRING) {
                    text.append(cursor.next().text());
                }
                return new Expressions.Literal(text.toString());
            }
            case INTEGER -> {
                return new Expressions.Literal(integer(now.text()));
            }
            case FLOAT -> {
                return new Expressions.Literal(Double.valueOf(now.text()));
            }
            default -> {}
        }
        if (now.isOperator("(")) {
            return parenthesized();
        }
        if (now.isOperator("[")) {
            return new Expressions.ListDisplay(elements("]"), false);
        }
        if (now.isOperator("{")) {
            return dict();
        }
        throw TemplateException.at(
                now.line(), "unexpected " + (now.text().isEmpty() ? "end of expression" : "'" + now.text() + "'"));
    }

    private Expression name(String name) {
        return switch (name) {
            case "true", "True" -> new Expressions.Literal(true);
            case "false", "False" -> new Expressions.Literal(false);
            case "none", "None" -> NOTHING;
            default -> {
                cursor.met(name);
                yield new Expressions.Name(name);
            }
        };
    }

    private static Object integer(String text) {
        int base = text.length() < 2
                ? 10
                : switch (text.charAt(1)) {
                    case 'x', 'X' -> 16;
                    case 'o', 'O' -> 8;
                    case 'b', 'B' -> 2;
                    default -> 10;
                };
        return Numbers.whole(new BigInteger(base == 10 ? text : text.substring(2), base));
    }

    private Expression parenthesized() {
        if (cursor.skipOperator(")")) {
            return new Expressions.ListDisplay(List.of(), true);
        }
        Expression inner = tuple(true);
        cursor.expectOperator(")");
        return inner;
    }

    private List<Expression> elements(String close) {
        List<Expression> elements = new ArrayList<>();
        while (!cursor.skipOperator(close)) {
            if (!elements.isEmpty()) {
                cursor.expectOperator(",");
                if (cursor.skipOperator(close)) {
                    break;
                }
            }
            elements.add(expression());
        }
        return elements;
    }

    private Expression dict() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!cursor.skipOperator("}")) {
            if (!keys.isEmpty()) {
                cursor.expectOperator(",");
                if (cursor.skipOperator("}")) {
                    break;
                }
            }
            keys.add(expression());
            cursor.expectOperator(":");
            values.add(expression());
        }
        return new Expressions.DictDisplay(keys, values);
    }

    private Expression postfix(Expression value) {
        Expression result = value;
        while (true) {
            if (cursor.skipOperator(".")) {
                Token name = cursor.next();
                if (name.kind() == Kind.INTEGER) {
                    result = new Expressions.Item(result, new Expressions.Literal(integer(name.text())));
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
        Expression first = expression();
        if (!cursor.now().isOperator(",")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (cursor.skipOperator(",")) {
            parts.add(expression());
        }
        return new Expressions.ListDisplay(parts, true);
    }

    private Expression slice(Expression of, Expression from) {
        cursor.expectOperator(":");
        boolean open = cursor.now().isOperator("]") || cursor.now().isOperator(":");
        Expression to = open ? NOTHING : expression();
        Expression by = NOTHING;
        if (cursor.skipOperator(":") && !cursor.now().isOperator("]")) {
            by = expression();
        }
        cursor.expectOperator("]");
        return new Expressions.Slice(of, from, to, by);
    }

    /** A filter named without its bar, and those after it. */
    Expression filter(Expression value) {
        String name = dotted();
        return filters(new Expressions.Filtered(value, name, optionalGiven()));
    }

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
            given = new Expressions.Given(List.of(postfix(primary())), Map.of(), null, null);
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

    Expressions.Given given() {
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
                dict = expression();
            } else if (cursor.skipOperator("*")) {
                list = expression();
            } else if (cursor.now().kind() == Kind.NAME && cursor.ahead().isOperator("=")) {
                String name = cursor.next().text();
                cursor.next();
                named.put(name, expression());
            } else if (!named.isEmpty() || list != null || dict != null) {
                throw cursor.error("invalid syntax for function call expression");
            } else {
                positional.add(expression());
            }
        }
        return new Expressions.Given(positional, named, list, dict);
    }
}
