package dev.millrace.gpu.model.template;

import dev.millrace.gpu.model.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads what values are given to: a name, several of them, or a namespace's attribute. */
final class TargetParser {

    private static final Set<String> CONSTANTS = Set.of("true", "false", "none", "True", "False", "None");

    private final Cursor cursor;

    TargetParser(Cursor cursor) {
        this.cursor = cursor;
    }

    Target target(boolean withNamespace) {
        Target first = one(withNamespace);
        if (!cursor.now().isOperator(",")) {
            return first;
        }
        List<Target> targets = new ArrayList<>(List.of(first));
        while (cursor.skipOperator(",")) {
            if (cursor.now().kind() != Kind.NAME && !cursor.now().isOperator("(")
                    || cursor.now().isName("in")) {
                break;
            }
            targets.add(one(withNamespace));
        }
        return new Target.Several(targets);
    }

    private Target one(boolean withNamespace) {
        if (cursor.skipOperator("(")) {
            Target inner = target(withNamespace);
            cursor.expectOperator(")");
            return inner;
        }
        String name = cursor.expect(Kind.NAME).text();
        if (withNamespace && cursor.skipOperator(".")) {
            cursor.met(name);
            return new Target.Attribute(name, cursor.expect(Kind.NAME).text());
        }
        if (CONSTANTS.contains(name)) {
            throw cursor.error("can't assign to '" + name + "'");
        }
        return new Target.Name(name);
    }
}
