package dev.millrace.ingress.reply;

import dev.millrace.event.Chunk;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The events of a completion's stream. */
final class CompletionEvents implements StreamEvents {

    private static final int EVENT_CHARS = 256;

    private final Face face;
    private final String head;
    private final String tail;
    private final Map<Integer, CompletionLogprobs> logprobs = new HashMap<>();

    CompletionEvents(Face face) {
        this.face = face;
        StringBuilder json = new StringBuilder("data: {");
        Json.member(json, "id", face.id());
        json.append(",\"object\":\"text_completion\",\"created\":")
                .append(face.createdSeconds())
                .append(',');
        Json.member(json, "model", face.model()).append(',');
        Json.member(json, "system_fingerprint", face.fingerprint()).append(",\"choices\":[");
        this.head = json.toString();
        this.tail = face.includeUsage() ? ",\"usage\":null}\n\n" : "}\n\n";
    }

    @Override
    public Optional<byte[]> opening(int choice) {
        return Optional.empty();
    }

    @Override
    public byte[] chunk(Chunk chunk) {
        StringBuilder event = new StringBuilder(EVENT_CHARS).append(head).append('{');
        Json.member(event, "text", chunk.getText())
                .append(",\"index\":")
                .append(chunk.getChoice())
                .append(",\"logprobs\":");
        logprobs.computeIfAbsent(chunk.getChoice(), choice -> new CompletionLogprobs())
                .write(event, chunk.getLogprobs());
        event.append(",\"finish_reason\":");
        String reason = chunk.getFinishReason();
        if (reason == null) {
            event.append("null");
        } else {
            Json.string(event, reason);
        }
        return StreamEvents.bytes(event.append("}]").append(tail).toString());
    }

    @Override
    public Optional<byte[]> usage(Tally tally) {
        return face.includeUsage()
                ? Optional.of(StreamEvents.bytes(head + "],\"usage\":" + tally.json() + "}\n\n"))
                : Optional.empty();
    }
}
