package dev.millrace.gpu.model.template;

import dev.millrace.gpu.model.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads statements. */
final class Parser {

    private static final Set<String> ELSES = Set.of("elif", "else", "endif");

    private final Cursor cursor;
    private final ExpressionParser expressions;
    private final TargetParser targets;
    private int loops;

    private Parser(List<Token> tokens) {
        cursor = new Cursor(tokens);
        expressions = new ExpressionParser(cursor);
        targets = new TargetParser(cursor);
    }

    static Statements.Block parse(String source) {
        Parser parser = new Parser(Lexer.read(source));
        Statements.Block whole = parser.until(Set.of());
        if (parser.cursor.now().kind() != Kind.END) {
            throw parser.cursor.unexpected();
        }
        whole.frame().settle();
        return whole;
    }

    /** Statements up to a tag of one of these names, which is next; or to the end where there are none. */
    private Statements.Block until(Set<String> ends) {
        cursor.enter();
        List<Statement> statements = new ArrayList<>();
        while (cursor.now().kind() != Kind.END) {
            Token token = cursor.next();
            switch (token.kind()) {
                case TEXT -> statements.add(new Statements.Text(token.text()));
                case OUTPUT_BEGIN -> {
                    Expression value = expressions.tuple(true);
                    cursor.expect(Kind.OUTPUT_END);
                    statements.add(new Statements.Located(token.line(), new Statements.Print(value)));
                }
                default -> {
                    if (cursor.now().kind() == Kind.NAME
                            && ends.contains(cursor.now().text())) {
                        cursor.leave();
                        return new Statements.Block(statements, cursor.frame());
                    }
                    statements.add(new Statements.Located(token.line(), statement()));
                }
            }
        }
        if (!ends.isEmpty()) {
            throw cursor.error("Unexpected end of template. Looking for one of: "
                    + String.join(", ", ends.stream().sorted().toList()));
        }
        cursor.leave();
        return new Statements.Block(statements, cursor.frame());
    }

    private Statement statement() {
        Token name = cursor.expect(Kind.NAME);
        return switch (name.text()) {
            case "if" -> condition();
            case "for" -> loop();
            case "set" -> set();
            case "macro" -> macro();
            case "call" -> call();
            case "filter" -> filter();
            case "with" -> with();
            case "generation" -> generation();
            case "break" -> leave(Statement.Flow.BREAK, name);
            case "continue" -> leave(Statement.Flow.CONTINUE, name);
            default -> throw TemplateException.at(name.line(), "Encountered unknown tag '" + name.text() + "'.");
        };
    }

    private void close() {
        cursor.next();
        cursor.expect(Kind.BLOCK_END);
    }

    private Statements.Block body(String end) {
        cursor.skipOperator(":");
        cursor.expect(Kind.BLOCK_END);
        Statements.Block body = until(Set.of(end));
        close();
        return body;
    }

    private Statement condition() {
        Frame.Branches branches = new Frame.Branches();
        Expression test = test();
        Statement then = cursor.frame().then(branches, () -> until(ELSES));
        Statement otherwise = otherwise(branches);
        cursor.frame().add(branches);
        return new Statements.If(test, then, otherwise);
    }

    private Expression test() {
        Expression test = expressions.tuple(false);
        cursor.skipOperator(":");
        cursor.expect(Kind.BLOCK_END);
        return test;
    }

    private @Nullable Statement otherwise(Frame.Branches branches) {
        Token end = cursor.next();
        if (end.isName("else")) {
            return cursor.frame().otherwise(branches, () -> body("endif"));
        }
        if (!end.isName("elif")) {
            cursor.expect(Kind.BLOCK_END);
            return null;
        }
        cursor.enter();
        Frame.Branches elif = new Frame.Branches();
        Expression test = cursor.frame().elif(branches, this::test);
        Statement then = cursor.frame().then(elif, () -> until(ELSES));
        cursor.frame().addElif(branches, elif);
        Statement otherwise = otherwise(branches);
        cursor.leave();
        return new Statements.If(test, then, otherwise);
    }

    private Statement loop() {
        Target target = targets.target(false);
        if (!cursor.skipName("in")) {
            throw cursor.unexpected();
        }
        Frame inner = cursor.frame().inner();
        target.names(inner::takes);
        Expression elements = expressions.tuple(false);
        Expression only = cursor.skipName("if") ? cursor.in(cursor.frame().inner(), expressions::expression) : null;
        boolean recursive = cursor.skipName("recursive");
        cursor.skipOperator(":");
        cursor.expect(Kind.BLOCK_END);
        loops++;
        Statements.Block body = cursor.in(inner, () -> until(Set.of("endfor", "else")));
        loops--;
        Statements.Block otherwise = null;
        if (cursor.next().isName("else")) {
            otherwise = cursor.in(cursor.frame().inner(), () -> body("endfor"));
        } else {
            cursor.expect(Kind.BLOCK_END);
        }
        return new Statements.For(target, elements, only, recursive, body, otherwise);
    }

    private Statement leave(Statement.Flow flow, Token name) {
        if (loops == 0) {
            throw TemplateException.at(name.line(), "'" + name.text() + "' outside loop");
        }
        cursor.expect(Kind.BLOCK_END);
        return new Statements.Leave(flow);
    }

    private Statement set() {
        Target target = targets.target(true);
        if (cursor.skipOperator("=")) {
            Expression value = expressions.tuple(true);
            cursor.expect(Kind.BLOCK_END);
            target.names(cursor.frame()::sets);
            return new Statements.Assign(target, value);
        }
        target.names(cursor.frame()::sets);
        return new Statements.Assign(target, cursor.in(cursor.frame().inner(), () -> captured("endset")));
    }

    /** A block's text with the filters that its tag names. */
    private Expression captured(String end) {
        Filtering filtering = new Filtering();
        Expression filtered =
                cursor.now().isOperator("|") ? expressions.trailers().filters(filtering) : filtering;
        filtering.body = isolated(() -> body(end));
        return filtered;
    }

    /** What is filtered is read after its filters. */
    private static final class Filtering implements Expression {
        private Statements.@Nullable Block body;

        @Override
        public Object evaluate(Scope scope) {
            return body == null ? "" : body.capture(scope);
        }
    }

    private Statement filter() {
        Filtering filtering = new Filtering();
        Expression filtered = expressions.trailers().filter(filtering);
        filtering.body = isolated(() -> cursor.in(cursor.frame().inner(), () -> body("endfilter")));
        return new Statements.Print(filtered);
    }

    /** No break leads out of a part that is written elsewhere first. */
    private <T> T isolated(Supplier<T> part) {
        int before = loops;
        loops = 0;
        T result = part.get();
        loops = before;
        return result;
    }

    private Statement macro() {
        String name = cursor.expect(Kind.NAME).text();
        cursor.frame().sets(name);
        Frame inner = cursor.frame().inner();
        List<Macro.Parameter> parameters = cursor.in(inner, this::parameters);
        Set<String> before = cursor.collect();
        Statements.Block body = isolated(() -> cursor.in(inner, () -> body("endmacro")));
        return new Statements.DefineMacro(name, parameters, body, cursor.names(before));
    }

    private Statement call() {
        Frame inner = cursor.frame().inner();
        List<Macro.Parameter> parameters =
                cursor.now().isOperator("(") ? cursor.in(inner, this::parameters) : List.of();
        if (!(expressions.expression() instanceof Expressions.Call call)) {
            throw cursor.error("expected call");
        }
        Set<String> before = cursor.collect();
        Statements.Block body = isolated(() -> cursor.in(inner, () -> body("endcall")));
        return new Statements.CallBlock(call, parameters, body, cursor.names(before));
    }

    private List<Macro.Parameter> parameters() {
        List<Macro.Parameter> parameters = new ArrayList<>();
        cursor.expectOperator("(");
        while (!cursor.skipOperator(")")) {
            if (!parameters.isEmpty()) {
                cursor.expectOperator(",");
                if (cursor.skipOperator(")")) {
                    break;
                }
            }
            String name = cursor.expect(Kind.NAME).text();
            Expression otherwise = cursor.skipOperator("=") ? expressions.expression() : null;
            if (otherwise == null
                    && !parameters.isEmpty()
                    && parameters.get(parameters.size() - 1).otherwise() != null) {
                throw cursor.error("non-default argument follows default argument");
            }
            cursor.frame().takes(name);
            parameters.add(new Macro.Parameter(name, otherwise));
        }
        return parameters;
    }

    private Statement with() {
        List<Target> names = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (cursor.now().kind() != Kind.BLOCK_END) {
            if (!names.isEmpty()) {
                cursor.expectOperator(",");
            }
            names.add(targets.target(false));
            cursor.expectOperator("=");
            values.add(expressions.expression());
        }
        Frame inner = cursor.frame().inner();
        names.forEach(target -> target.names(inner::takes));
        return new Statements.With(names, values, cursor.in(inner, () -> body("endwith")));
    }

    /** Marks what a model said, for training; here it is what it contains. */
    private Statement generation() {
        return new Statements.With(
                List.of(), List.of(), cursor.in(cursor.frame().inner(), () -> body("endgeneration")));
    }
}
