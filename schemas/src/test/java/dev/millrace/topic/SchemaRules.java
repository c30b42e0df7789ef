package dev.millrace.topic;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/** What may not happen to a schema once it is released: old and new builds read each other's events, and lose nothing. */
final class SchemaRules {

    private SchemaRules() {}

    static List<String> breaches(Schema released, Schema present) {
        List<String> breaches = new ArrayList<>();
        check("the present build cannot read released events", present, released, breaches);
        check("the released build cannot read present events", released, present, breaches);
        removed(released, present, new HashSet<>(), breaches);
        return breaches;
    }

    private static void check(String what, Schema reader, Schema writer, List<String> breaches) {
        SchemaCompatibility.SchemaPairCompatibility result =
                SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        if (result.getType() != SchemaCompatibilityType.COMPATIBLE) {
            breaches.add(what + ": " + result.getDescription());
        }
    }

    private static void removed(Schema released, Schema present, Set<String> seen, List<String> breaches) {
        if (released.getType() != present.getType()) {
            return;
        }
        switch (released.getType()) {
            case RECORD -> {
                if (!seen.add(released.getFullName())) {
                    return;
                }
                for (Field field : released.getFields()) {
                    Field now = present.getField(field.name());
                    if (now == null) {
                        breaches.add(released.getName() + "." + field.name() + " was removed");
                    } else {
                        removed(field.schema(), now.schema(), seen, breaches);
                    }
                }
            }
            case ARRAY -> removed(released.getElementType(), present.getElementType(), seen, breaches);
            case MAP -> removed(released.getValueType(), present.getValueType(), seen, breaches);
            case UNION -> {
                int shared =
                        Math.min(released.getTypes().size(), present.getTypes().size());
                for (int i = 0; i < shared; i++) {
                    removed(released.getTypes().get(i), present.getTypes().get(i), seen, breaches);
                }
            }
            default -> {}
        }
    }
}
