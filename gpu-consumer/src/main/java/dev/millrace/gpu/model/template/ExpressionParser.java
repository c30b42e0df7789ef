package dev.millrace.gpu.model.template;

import dev.millrace.gpu.model.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads expressions, the loosest binding first: what stands between operators is read by the two others. */
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final Cursor cursor;
    private final AtomParser atoms;
    private final TrailerParser trailers;

    ExpressionParser(Cursor cursor) {
        this.cursor = cursor;
        this.atoms = new AtomParser(cursor, this);
        this.trailers = new TrailerParser(cursor, this, atoms);
    }

    TrailerParser trailers() {
        return trailers;
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
            value = atoms.atom();
        }
        value = trailers.postfix(value);
        return withFilters ? trailers.filters(value) : value;
    }
}
