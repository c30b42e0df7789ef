package dev.millrace.ingress.reply;

import dev.millrace.event.Chunk;
import dev.millrace.event.ToolCallDelta;
import java.util.List;
import java.util.Optional;

/** The events of a chat's stream. */
final class ChunkEvents implements StreamEvents {

    private static final int EVENT_CHARS = 512;

    private final Face face;
    private final String head;
    private final String tail;

    ChunkEvents(Face face) {
        this.face = face;
        StringBuilder json = new StringBuilder("data: {");
        Json.member(json, "id", face.id());
        json.append(",\"object\":\"chat.completion.chunk\",\"created\":")
                .append(face.createdSeconds())
                .append(',');
        Json.member(json, "model", face.model()).append(',');
        Json.member(json, "service_tier", face.tier()).append(',');
        Json.member(json, "system_fingerprint", face.fingerprint()).append(",\"choices\":[");
        this.head = json.toString();
        this.tail = face.includeUsage() ? ",\"usage\":null}\n\n" : "}\n\n";
    }

    /** Whose words they are. */
    @Override
    public Optional<byte[]> opening(int choice) {
        StringBuilder event = choice(choice).append("{\"role\":\"assistant\",\"content\":\"\"}");
        return Optional.of(StreamEvents.bytes(event.append(",\"logprobs\":null,\"finish_reason\":null}]")
                .append(tail)
                .toString()));
    }

    @Override
    public byte[] chunk(Chunk chunk) {
        StringBuilder event = choice(chunk.getChoice());
        delta(event, chunk);
        event.append(",\"logprobs\":");
        Json.logprobs(event, chunk.getLogprobs());
        event.append(",\"finish_reason\":");
        String reason = chunk.getFinishReason();
        if (reason == null) {
            event.append("null");
        } else {
            Json.string(event, face.finishReason(reason));
        }
        return StreamEvents.bytes(event.append("}]").append(tail).toString());
    }

    @Override
    public Optional<byte[]> usage(Tally tally) {
        return face.includeUsage()
                ? Optional.of(StreamEvents.bytes(head + "],\"usage\":" + tally.json() + "}\n\n"))
                : Optional.empty();
    }

    private StringBuilder choice(int choice) {
        return new StringBuilder(EVENT_CHARS)
                .append(head)
                .append("{\"index\":")
                .append(choice)
                .append(",\"delta\":");
    }

    private void delta(StringBuilder event, Chunk chunk) {
        event.append('{');
        int empty = event.length();
        if (!chunk.getReasoning().isEmpty()) {
            Json.member(event, "reasoning_content", chunk.getReasoning()).append(',');
            Json.member(event, "reasoning", chunk.getReasoning());
        }
        if (!chunk.getToolCalls().isEmpty()) {
            calls(event, empty, chunk.getToolCalls());
        }
        boolean nothing = event.length() == empty && chunk.getFinishReason() == null;
        if (!chunk.getText().isEmpty() || nothing) {
            comma(event, empty);
            Json.member(event, "content", chunk.getText());
        }
        event.append('}');
    }

    private static void comma(StringBuilder event, int empty) {
        if (event.length() > empty) {
            event.append(',');
        }
    }

    private void calls(StringBuilder event, int empty, List<ToolCallDelta> calls) {
        if (face.legacyFunctions()) {
            theOnlyCall(calls).ifPresent(call -> {
                comma(event, empty);
                event.append("\"function_call\":");
                function(event, call);
            });
            return;
        }
        comma(event, empty);
        event.append("\"tool_calls\":[");
        for (int i = 0; i < calls.size(); i++) {
            ToolCallDelta call = calls.get(i);
            event.append(i == 0 ? "{" : ",{").append("\"index\":").append(call.getIndex());
            String id = call.getId();
            if (id != null) {
                Json.member(event.append(','), "id", id).append(",\"type\":\"function\"");
            }
            event.append(",\"function\":");
            function(event, call);
            event.append('}');
        }
        event.append(']');
    }

    /** The old shape has place for one call and one piece of it, where a chunk may bring several. */
    private static Optional<ToolCallDelta> theOnlyCall(List<ToolCallDelta> calls) {
        return calls.stream()
                .filter(call -> call.getIndex() == 0)
                .reduce((begun, more) -> new ToolCallDelta(
                        0, begun.getId(), begun.getName(), begun.getArguments() + more.getArguments()));
    }

    private static void function(StringBuilder event, ToolCallDelta call) {
        event.append('{');
        String name = call.getName();
        if (name != null) {
            Json.member(event, "name", name).append(',');
        }
        Json.member(event, "arguments", call.getArguments()).append('}');
    }
}
