package dev.millrace.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Redis that runs elsewhere, given as {@code redis://user:password@host:port/database}. The services work on without
 * it, so what is wrong with it is not heard of again once they run.
 */
record ExternalRedis(
        String scheme, String host, int port, @Nullable String login, String database) {

    private static final int DEFAULT_PORT = 6379;
    private static final String UNENCRYPTED = "redis";
    private static final String FIRST_DATABASE = "0";
    private static final int MOST_CHARACTERS = 200;

    static ExternalRedis parse(String address) {
        URI uri = URI.create(address);
        String path = uri.getPath() == null ? "" : uri.getPath();
        return new ExternalRedis(
                uri.getScheme(),
                uri.getHost(),
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                uri.getUserInfo(),
                path.length() < 2 ? FIRST_DATABASE : path.substring(1));
    }

    String place() {
        return host + ":" + port;
    }

    /** What it has against being used; whom it wants to see encrypted it shows only to the services. */
    Optional<String> hindrance(int limitSeconds) {
        if (!scheme.equals(UNENCRYPTED)) {
            return Optional.empty();
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), limitSeconds * 1_000);
            socket.setSoTimeout(limitSeconds * 1_000);
            List<List<String>> commands = commands();
            for (List<String> command : commands) {
                socket.getOutputStream().write(encoded(command));
            }
            BufferedReader answers =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (int i = 0; i < commands.size(); i++) {
                Optional<String> refusal = refusal(answers.readLine());
                if (refusal.isPresent()) {
                    return refusal;
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("it does not answer as Redis does");
        }
    }

    private List<List<String>> commands() {
        List<List<String>> commands = new ArrayList<>();
        if (login != null) {
            int colon = login.indexOf(':');
            String password = login.substring(colon + 1);
            commands.add(colon > 0 ? List.of("AUTH", login.substring(0, colon), password) : List.of("AUTH", password));
        }
        // Not everybody may ask for the one that there is anyway.
        if (!database.equals(FIRST_DATABASE)) {
            commands.add(List.of("SELECT", database));
        }
        commands.add(List.of("PING"));
        return commands;
    }

    private static byte[] encoded(List<String> command) {
        StringBuilder text = new StringBuilder("*" + command.size() + "\r\n");
        for (String word : command) {
            text.append('$')
                    .append(word.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n");
            text.append(word).append("\r\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Optional<String> refusal(@Nullable String answer) throws IOException {
        if (answer != null && answer.startsWith("-")) {
            return Optional.of(answer.substring(1, Math.min(answer.length(), MOST_CHARACTERS)));
        }
        if (answer == null || !answer.startsWith("+")) {
            throw new IOException("not Redis");
        }
        return Optional.empty();
    }
}
