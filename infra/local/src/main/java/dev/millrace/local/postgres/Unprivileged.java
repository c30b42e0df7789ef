package dev.millrace.local.postgres;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL refuses to run as root. Where the launcher does, it runs in a user namespace without a mapping, where
 * nobody is root and the files stay ours; where the system forbids that (containers often do), as the user nobody,
 * keeping only the right to pass through directories that are closed to others.
 */
record Unprivileged(List<String> prefix, @Nullable String owner) {

    static final List<String> NAMESPACE = List.of("unshare", "-U");
    private static final String CAPABILITIES = "+dac_override";
    static final List<String> NOBODY = List.of(
            "setpriv",
            "--reuid",
            "nobody",
            "--regid",
            "65534",
            "--clear-groups",
            "--inh-caps",
            CAPABILITIES,
            "--ambient-caps",
            CAPABILITIES,
            "--");

    static Unprivileged ofThisProcess() throws IOException {
        if (!"root".equals(System.getProperty("user.name"))) {
            return new Unprivileged(List.of(), null);
        }
        if (works(NAMESPACE)) {
            return new Unprivileged(NAMESPACE, "root");
        }
        if (works(NOBODY)) {
            return new Unprivileged(NOBODY, "nobody");
        }
        throw new IOException("PostgreSQL does not run as root, and neither unshare nor setpriv works here:"
                + " run as an ordinary user or give an external PostgreSQL with -Dpostgres=");
    }

    /** Whether a program under this prefix is not root. */
    static boolean works(List<String> prefix) throws IOException {
        List<String> line = new java.util.ArrayList<>(prefix);
        line.addAll(List.of("id", "-u"));
        try {
            Process process = new ProcessBuilder(line)
                    .directory(Path.of("/").toFile())
                    .redirectErrorStream(true)
                    .start();
            String answer = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .strip();
            return process.waitFor(10, TimeUnit.SECONDS)
                    && process.exitValue() == 0
                    && answer.matches("\\d+")
                    && !answer.equals("0");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (IOException e) {
            return false;
        }
    }
}
