package dev.millrace.bench.limits;

import dev.millrace.gpu.generate.djl.Script;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What limits are measured with, loaded for one device. */
final class Scripts {

    private final String device;

    /** @param device as PyTorch names it */
    Scripts(String device) {
        this.device = device;
    }

    Script plain() {
        Script script = Script.load("limits", source("limits.py"), device);
        if (!onProcessor()) {
            script.call("use_cuda");
        }
        return script;
    }

    /** How PyTorch can multiply here. */
    Products products() {
        if (!onProcessor()
                || !System.getProperty("os.arch").toLowerCase(Locale.ROOT).matches("amd64|x86_64")) {
            return Products.PLAIN;
        }
        try (Script script = packed()) {
            return script.call("supported") == 1 ? Products.PACKED : Products.HALVES;
        }
    }

    Script packed() {
        return Script.load("packed", source("packed.py"), device);
    }

    private boolean onProcessor() {
        return device.equals("cpu");
    }

    private static String source(String name) {
        try (InputStream in = Scripts.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no source " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
