package dev.millrace.topic;

import org.apache.avro.util.ClassSecurityValidator;

/** What Avro may make of bytes: objects of our own classes, and nothing longer than a record can be. */
public final class AvroLimits {

    private static final String OURS = "dev.millrace.";

    private AvroLimits() {}

    /** To be called before the first event is made; calling it again changes nothing. */
    public static void set() {
        for (String what : new String[] {"bytes", "string", "collectionItems"}) {
            System.setProperty(
                    "org.apache.avro.limits." + what + ".maxLength", Integer.toString(Limits.MAX_RECORD_BYTES));
        }
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.DEFAULT, type -> type.getName().startsWith(OURS)));
    }
}
