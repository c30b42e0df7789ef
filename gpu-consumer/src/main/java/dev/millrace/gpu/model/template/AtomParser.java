package dev.millrace.gpu.model.template;

import dev.millrace.gpu.model.template.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Reads what stands by itself: names, literals, displays, and whatever is in parentheses. */
final class AtomParser {

    private final Cursor cursor;
    private final ExpressionParser expressions;

    AtomParser(Cursor cursor, ExpressionParser expressions) {
        this.cursor = cursor;
        this.expressions = expressions;
    }

    Expression atom() {
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
            case "none", "None" -> new Expressions.Literal(None.NONE);
            default -> {
                cursor.met(name);
                yield new Expressions.Name(name);
            }
        };
    }

    static Object integer(String text) {
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
        Expression inner = expressions.tuple(true);
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
            elements.add(expressions.expression());
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
            keys.add(expressions.expression());
            cursor.expectOperator(":");
            values.add(expressions.expression());
        }
        return new Expressions.DictDisplay(keys, values);
    }
}
