package dev.millrace.topic;

import java.util.Optional;
import org.apache.avro.Schema;

/** Finds the schema of a writer that is newer, or older, than this build. */
@FunctionalInterface
public interface SchemaLookup {

    /** Knows only the present schemas. */
    SchemaLookup NONE = fingerprint -> Optional.empty();

    Optional<Schema> find(long fingerprint);
}
