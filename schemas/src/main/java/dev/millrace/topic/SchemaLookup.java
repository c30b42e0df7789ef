package dev.millrace.topic;

import java.util.Optional;
import org.apache.avro.Schema;

/** Finds the schema of a writer that is newer, or older, than this build. */
@FunctionalInterface
public interface SchemaLookup {

    /** Knows only the present schemas. */
    SchemaLookup NONE = fingerprint -> Optional.empty();

    /** The schema, or empty where nobody announced it; an exception where that cannot be told now. */
    Optional<Schema> find(long fingerprint);
}
