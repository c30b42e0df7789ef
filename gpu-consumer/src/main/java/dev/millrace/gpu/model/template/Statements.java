package dev.millrace.gpu.model.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The kinds of statement. */
final class Statements {

    private Statements() {}

    /** Gives errors their line. */
    record Located(int line, Statement statement) implements Statement {
        @Override
        public Flow run(Scope scope, Output out) {
            try {
                scope.run().step();
                return statement.run(scope, out);
            } catch (TemplateException e) {
                throw e.within(line);
            }
        }
    }

    record Text(String text) implements Statement {
        @Override
        public Flow run(Scope scope, Output out) {
            out.append(text);
            return Flow.ON;
        }
    }

    record Print(Expression expression) implements Statement {
        @Override
        public Flow run(Scope scope, Output out) {
            out.append(Printing.print(scope.run(), expression.evaluate(scope)));
            return Flow.ON;
        }
    }

    record Block(List<Statement> statements, Frame frame) implements Statement {
        @Override
        public Flow run(Scope scope, Output out) {
            for (Statement statement : statements) {
                Flow flow = statement.run(scope, out);
                if (flow != Flow.ON) {
                    return flow;
                }
            }
            return Flow.ON;
        }

        /** Its own names, where it is a part that has such. */
        Scope enter(Scope outside) {
            return outside.inner(frame);
        }

        String capture(Scope outside) {
            Output out = new Output(outside.run());
            run(enter(outside), out);
            return out.text();
        }
    }

    record If(Expression test, Statement then, @Nullable Statement otherwise) implements Statement {
        @Override
        public Flow run(Scope scope, Output out) {
            if (Values.truth(test.evaluate(scope))) {
                return then.run(scope, out);
            }
            return otherwise == null ? Flow.ON : otherwise.run(scope, out);
        }
    }

    record For(
            Target target,
            Expression elements,
            @Nullable Expression only,
            boolean recursive,
            Block body,
            @Nullable Block otherwise)
            implements Statement {

        @Override
        public Flow run(Scope scope, Output out) {
            return loop(scope, out, elements.evaluate(scope), 0);
        }

        private Flow loop(Scope scope, Output out, Object over, int depth) {
            List<Object> chosen = chosen(scope, over);
            Callable again = !recursive
                    ? null
                    : (run, arguments) -> {
                        run.enter();
                        Output inner = new Output(run);
                        loop(scope, inner, arguments.only("loop"), depth + 1);
                        run.leave();
                        return inner.text();
                    };
            Loop loop = new Loop(chosen, depth, again);
            boolean ranThrough = false;
            for (int i = 0; i < chosen.size(); i++) {
                scope.run().step();
                loop.at(i);
                Scope inner = body.enter(scope);
                inner.set("loop", loop);
                target.assign(inner, chosen.get(i));
                Flow flow = body.run(inner, out);
                ranThrough |= flow == Flow.ON;
                if (flow == Flow.BREAK) {
                    break;
                }
            }
            // Jinja takes the other part also where every round was left early.
            if (!ranThrough && otherwise != null) {
                return otherwise.run(otherwise.enter(scope), out);
            }
            return Flow.ON;
        }

        private List<Object> chosen(Scope scope, Object over) {
            List<Object> all = Values.elements(scope.run(), over);
            if (only == null) {
                return all;
            }
            List<Object> chosen = new ArrayList<>();
            for (Object element : all) {
                scope.run().step();
                Scope inner = scope.inner();
                target.assign(inner, element);
                if (Values.truth(only.evaluate(inner))) {
                    chosen.add(element);
                }
            }
            return chosen;
        }
    }

    record Leave(Flow flow) implements Statement {
        @Override
        public Flow run(Scope scope, Output out) {
            return flow;
        }
    }

    record Assign(Target target, Expression value) implements Statement {
        @Override
        public Flow run(Scope scope, Output out) {
            target.assign(scope, value.evaluate(scope));
            return Flow.ON;
        }
    }

    record DefineMacro(String name, List<Macro.Parameter> parameters, Block body, Set<String> uses)
            implements Statement {
        @Override
        public Flow run(Scope scope, Output out) {
            scope.set(name, new Macro(name, parameters, body, uses, scope));
            return Flow.ON;
        }
    }

    record CallBlock(Expressions.Call call, List<Macro.Parameter> parameters, Block body, Set<String> uses)
            implements Statement {
        @Override
        public Flow run(Scope scope, Output out) {
            Object callee = call.callee().evaluate(scope);
            Arguments given = call.given().evaluate(scope, null);
            Map<String, Object> named = new LinkedHashMap<>(given.named());
            named.put("caller", new Macro("caller", parameters, body, uses, scope));
            Object result = Operations.call(scope.run(), callee, new Arguments(given.positional(), named));
            out.append(Printing.print(scope.run(), result));
            return Flow.ON;
        }
    }

    record With(List<Target> targets, List<Expression> values, Block body) implements Statement {
        @Override
        public Flow run(Scope scope, Output out) {
            Scope inner = body.enter(scope);
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(inner, values.get(i).evaluate(scope));
            }
            return body.run(inner, out);
        }
    }
}
