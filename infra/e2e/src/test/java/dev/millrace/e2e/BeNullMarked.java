package dev.millrace.e2e;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

/** A class's package must be null-marked, or nothing checks what may be null in it. */
final class BeNullMarked extends ArchCondition<JavaClass> {

    static final BeNullMarked INSTANCE = new BeNullMarked();

    private BeNullMarked() {
        super("reside in a null-marked package");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        boolean marked = type.getPackage()
                .tryGetPackageInfo()
                .map(info -> info.isAnnotatedWith(NullMarked.class))
                .orElse(false);
        if (!marked) {
            events.add(SimpleConditionEvent.violated(type, type.getName() + " is in a package without @NullMarked"));
        }
    }
}
