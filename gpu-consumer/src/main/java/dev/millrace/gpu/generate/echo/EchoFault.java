package dev.millrace.gpu.generate.echo;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The trouble that a request may ask for. */
enum EchoFault {
    NONE,
    BEFORE_FIRST_TOKEN,
    AFTER_3_TOKENS,
    /** Never says anything. */
    HANG,
    /** Takes the whole process down. */
    CRASH;

    static Optional<EchoFault> named(String name) {
        return Arrays.stream(values())
                .filter(fault -> fault != NONE && fault.label().equals(name))
                .findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values())
                .filter(fault -> fault != NONE)
                .map(EchoFault::label)
                .toList();
    }

    private String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
