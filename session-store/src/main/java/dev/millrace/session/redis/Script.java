package dev.millrace.session.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The scripts, which lie beside this class as text. */
enum Script {
    BEGIN(true),
    HOLD(true),
    END(true),
    CONTEXT(true),
    READ(true),
    DELETE(true),
    INDEX(false);

    private static final String PRELUDE = "session";

    private final String text;

    Script(boolean ofSession) {
        String own = load(name().toLowerCase(Locale.ROOT));
        this.text = ofSession ? load(PRELUDE) + own : own;
    }

    String text() {
        return text;
    }

    private static String load(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("no script " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
