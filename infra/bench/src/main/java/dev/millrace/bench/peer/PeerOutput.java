package dev.millrace.bench.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** Reads what llama.cpp's benchmarks print. */
final class PeerOutput {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private PeerOutput() {}

    /** From the JSON of llama-bench: a list with an object for each test. */
    static double tokensPerSecond(String json) throws IOException {
        return positive(MAPPER.readTree(json).path(0).path("avg_ts"), json);
    }

    /** From the lines of llama-batched-bench, of which those that are JSON have figures. */
    static double generatedPerSecond(String lines) throws IOException {
        for (String line : lines.lines().toList()) {
            if (line.startsWith("{")) {
                return positive(MAPPER.readTree(line).path("speed_tg"), line);
            }
        }
        throw new IOException("no figures in " + lines);
    }

    private static double positive(JsonNode figure, String text) throws IOException {
        if (!(figure.asDouble() > 0)) {
            throw new IOException("no figures in " + text);
        }
        return figure.asDouble();
    }
}
