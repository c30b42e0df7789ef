package dev.millrace.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds the present schemas against the released ones, which stay for ever in {@code src/main/released}. A release adds a
 * folder: {@code mvn test -pl schemas -Dtest=SchemaRulesTest -Dschemas.release=VERSION}.
 */
class SchemaRulesTest {

    private static final Path RELEASED = Path.of("src", "main", "released");

    private static Schema present(Class<?> event) {
        return SpecificData.get().getSchema(event);
    }

    @TestFactory
    Stream<DynamicTest> aPresentEventStillFitsEveryReleasedOne() throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(RELEASED)) {
            files = found.filter(file -> file.toString().endsWith(".avsc"))
                    .sorted()
                    .toList();
        }
        assertThat(files).isNotEmpty();
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(RELEASED.relativize(file).toString(), () -> {
                    Schema released = new Schema.Parser().parse(Files.readString(file));
                    Schema present = EventCodec.EVENTS.stream()
                            .map(SchemaRulesTest::present)
                            .filter(schema -> schema.getFullName().equals(released.getFullName()))
                            .findFirst()
                            .orElseThrow(() -> new AssertionError(released.getFullName() + " is gone"));
                    assertThat(SchemaRules.breaches(released, present)).isEmpty();
                }));
    }

    @Test
    void everyRecordAndFieldIsDocumented() {
        List<String> bare = new ArrayList<>();
        EventCodec.EVENTS.forEach(event -> collectBare(present(event), new ArrayList<>(), bare));
        assertThat(bare).isEmpty();
    }

    private static void collectBare(Schema schema, Collection<String> seen, List<String> bare) {
        switch (schema.getType()) {
            case RECORD -> {
                if (seen.contains(schema.getFullName())) {
                    return;
                }
                seen.add(schema.getFullName());
                if (schema.getDoc() == null || schema.getDoc().isBlank()) {
                    bare.add(schema.getFullName());
                }
                for (Field field : schema.getFields()) {
                    if (field.doc() == null || field.doc().isBlank()) {
                        bare.add(schema.getFullName() + "." + field.name());
                    }
                    collectBare(field.schema(), seen, bare);
                }
            }
            case ARRAY -> collectBare(schema.getElementType(), seen, bare);
            case MAP -> collectBare(schema.getValueType(), seen, bare);
            case UNION -> schema.getTypes().forEach(type -> collectBare(type, seen, bare));
            default -> {}
        }
    }

    /** {@code -Dschemas.release=VERSION}; without it there is nothing to do. */
    @TestFactory
    Stream<DynamicTest> writesThePresentSchemasWhereAReleaseIsMade() {
        return Stream.ofNullable(System.getProperty("schemas.release"))
                .map(release -> DynamicTest.dynamicTest(release, () -> write(release)));
    }

    private static void write(String release) throws IOException {
        Path folder = Files.createDirectories(RELEASED.resolve(release));
        for (Class<?> event : EventCodec.EVENTS) {
            Schema schema = present(event);
            Files.writeString(folder.resolve(schema.getName() + ".avsc"), schema.toString(true) + "\n");
        }
    }

    private static Schema schema(String fields) {
        return new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"E\",\"fields\":[" + fields + "]}");
    }

    private static final String A = "{\"name\":\"a\",\"type\":\"int\"}";
    private static final String B = "{\"name\":\"b\",\"type\":\"string\",\"default\":\"\"}";

    @Test
    void aRemovedFieldIsFound() {
        assertThat(SchemaRules.breaches(schema(A + "," + B), schema(A))).containsExactly("E.b was removed");
        assertThat(SchemaRules.breaches(schema(A + "," + B), schema(B))).contains("E.a was removed");
    }

    @Test
    void aRetypedFieldIsFound() {
        assertThat(SchemaRules.breaches(schema(A), schema("{\"name\":\"a\",\"type\":\"string\"}")))
                .isNotEmpty();
        assertThat(SchemaRules.breaches(schema(A), schema("{\"name\":\"a\",\"type\":\"long\"}")))
                .as("old readers cannot read the wider type")
                .isNotEmpty();
    }

    @Test
    void aFieldAddedWithoutADefaultIsFound() {
        assertThat(SchemaRules.breaches(schema(A), schema(A + ",{\"name\":\"c\",\"type\":\"int\"}")))
                .isNotEmpty();
    }

    @Test
    void aFieldAddedWithADefaultIsFine() {
        assertThat(SchemaRules.breaches(schema(A), schema(A + "," + B))).isEmpty();
    }

    @Test
    void aChangeDeepInsideIsFound() {
        String was =
                "{\"name\":\"in\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"I\",\"fields\":["
                        + A + "," + B + "]}}}";
        String is =
                "{\"name\":\"in\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"I\",\"fields\":["
                        + A + "]}}}";
        assertThat(SchemaRules.breaches(schema(was), schema(is))).containsExactly("I.b was removed");
    }
}
