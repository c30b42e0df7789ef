package dev.millrace.e2e;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import io.micronaut.context.annotation.Value;

/** The house's walls: who may know whom. */
@AnalyzeClasses(
        packages = "dev.millrace",
        importOptions = {ImportOption.DoNotIncludeTests.class, HandWritten.class})
class ArchitectureTest {

    private static final String[] SERVICES = {"ingress", "router", "gpu", "billing"};

    /** Were the classes not found, every rule below would hold. */
    @ArchTest
    static void theWholeHouseIsSeen(JavaClasses house) {
        assertThat(house.stream().map(JavaClass::getPackageName))
                .contains(
                        "dev.millrace.event",
                        "dev.millrace.topic",
                        "dev.millrace.reply",
                        "dev.millrace.service",
                        "dev.millrace.session",
                        "dev.millrace.session.redis",
                        "dev.millrace.ingress",
                        "dev.millrace.router.schedule",
                        "dev.millrace.router.settle",
                        "dev.millrace.gpu.generate",
                        "dev.millrace.gpu.work",
                        "dev.millrace.billing.ledger",
                        "dev.millrace.local");
    }

    @ArchTest
    static void servicesDoNotKnowEachOther(JavaClasses house) {
        for (String service : SERVICES) {
            for (String other : SERVICES) {
                if (!service.equals(other)) {
                    noClasses()
                            .that()
                            .resideInAPackage("dev.millrace." + service + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage("dev.millrace." + other + "..")
                            .check(house);
                }
            }
        }
    }

    @ArchTest
    static final ArchRule EVENTS_AND_TOPICS_KNOW_NO_SERVICE = noClasses()
            .that()
            .resideInAnyPackage("dev.millrace.event..", "dev.millrace.topic..", "dev.millrace.reply..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.millrace..")
                    .and(resideInAPackage("dev.millrace.event..")
                            .or(resideInAPackage("dev.millrace.topic.."))
                            .or(resideInAPackage("dev.millrace.reply.."))
                            .negate()));

    @ArchTest
    static final ArchRule THE_LAUNCHER_KNOWS_NO_SERVICE = noClasses()
            .that()
            .resideInAPackage("dev.millrace.local..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.millrace.ingress..", "dev.millrace.router..", "dev.millrace.gpu..", "dev.millrace.billing..");

    @ArchTest
    static final ArchRule ONLY_ONE_ROOM_KNOWS_REDISSON = onlyIn("dev.millrace.session.redis..", "org.redisson..");

    @ArchTest
    static final ArchRule ONLY_ONE_ROOM_KNOWS_DJL = onlyIn("dev.millrace.gpu.generate.djl..", "ai.djl..");

    @ArchTest
    static final ArchRule ONLY_THE_ROUTER_KNOWS_STREAMS = onlyIn("dev.millrace.router..", "org.apache.kafka.streams..");

    @ArchTest
    static final ArchRule THE_SCHEDULERS_CORE_DOES_NO_IO = noClasses()
            .that()
            .resideInAPackage("dev.millrace.router.schedule..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.kafka..", "io.micronaut.http..", "io.micronaut.runtime..", "java.io..", "java.net..");

    @ArchTest
    static final ArchRule PRICES_ARE_PURE = noClasses()
            .that()
            .resideInAPackage("dev.millrace.billing.price..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "io.micronaut..", "java.sql..", "java.io..");

    @ArchTest
    static final ArchRule THERE_ARE_NO_CYCLES =
            slices().matching("dev.millrace.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule FIELDS_ARE_NOT_INJECTED = GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;

    /** What is read elsewhere would count as a setting that nothing reads. */
    @ArchTest
    static final ArchRule SETTINGS_ARE_READ_BY_CONFIG_RECORDS =
            noClasses().should().dependOnClassesThat().areAssignableTo(Value.class);

    @ArchTest
    static final ArchRule EVERY_PACKAGE_MINDS_ITS_NULLS = classes()
            .that(resideInAPackage("dev.millrace..")
                    .and(resideInAPackage("dev.millrace.event..").negate()))
            .should(BeNullMarked.INSTANCE);

    private static ArchRule onlyIn(String room, String library) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }

    /** The rules can fail: a house that is laid out wrongly is told from one that is not. */
    @org.junit.jupiter.api.Test
    void aBreachWouldBeSeen() {
        JavaClasses itself = new ClassFileImporter().importClasses(ArchitectureTest.class);
        assertThat(onlyIn("dev.millrace.none..", "com.tngtech..")
                        .evaluate(itself)
                        .hasViolation())
                .isTrue();
        assertThat(SETTINGS_ARE_READ_BY_CONFIG_RECORDS
                        .evaluate(new ClassFileImporter().importClasses(Reading.class))
                        .hasViolation())
                .isTrue();
    }

    private record Reading(@Value("${somewhere:}") String setting) {}
}
