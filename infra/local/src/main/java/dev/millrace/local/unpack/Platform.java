package dev.millrace.local.unpack;

import java.util.Locale;

/** The machine as the native artifacts name it. */
public record Platform(String system, String processor) {

    public static Platform ofThisMachine() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static Platform of(String osName, String osArch) {
        String system = osName.toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
        boolean arm = osArch.equals("aarch64") || osArch.equals("arm64");
        return new Platform(system, arm ? "arm64" : "amd64");
    }

    /** PostgreSQL's archives name processors as {@code uname} does. */
    public String postgresArchive() {
        return "postgres-" + system + "-" + (processor.equals("arm64") ? "arm_64" : "x86_64") + ".txz";
    }

    public String redisProgram() {
        return switch (system + "-" + processor) {
            case "linux-amd64" -> "redis-server-6.2.6-v5-linux-amd64";
            case "linux-arm64" -> "redis-server-6.2.7-linux-arm64";
            case "darwin-amd64" -> "redis-server-6.2.6-v5-darwin-amd64";
            default -> "redis-server-6.2.6-v5-darwin-arm64";
        };
    }
}
