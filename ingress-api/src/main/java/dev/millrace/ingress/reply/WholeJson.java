package dev.millrace.ingress.reply;

import dev.millrace.event.ChoiceRecord;
import dev.millrace.event.ToolCallDelta;
import dev.millrace.reply.Answer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A whole chat completion as JSON. */
final class WholeJson {

    private WholeJson() {}

    static byte[] of(Face face, Answer answer, Tally tally) {
        StringBuilder json = new StringBuilder("{");
        Json.member(json, "id", face.id());
        json.append(",\"object\":\"chat.completion\",\"created\":")
                .append(face.createdSeconds())
                .append(',');
        Json.member(json, "model", face.model()).append(",\"choices\":[");
        List<ChoiceRecord> choices = answer.choices();
        for (int i = 0; i < choices.size(); i++) {
            choice(json.append(i == 0 ? "" : ","), face, choices.get(i));
        }
        json.append("],\"usage\":").append(tally.json()).append(',');
        Json.member(json, "service_tier", face.tier()).append(',');
        Json.member(json, "system_fingerprint", face.fingerprint()).append('}');
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void choice(StringBuilder json, Face face, ChoiceRecord choice) {
        json.append("{\"index\":").append(choice.getIndex()).append(",\"message\":");
        message(json, face, choice);
        json.append(",\"logprobs\":");
        Json.logprobs(json, choice.getLogprobs());
        String reason = choice.getFinishReason();
        json.append(",\"finish_reason\":");
        Json.string(json, face.finishReason(reason == null ? "stop" : reason)).append('}');
    }

    private static void message(StringBuilder json, Face face, ChoiceRecord choice) {
        boolean onlyCalls = choice.getText().isEmpty() && !choice.getToolCalls().isEmpty();
        json.append("{\"role\":\"assistant\",\"content\":");
        if (onlyCalls) {
            json.append("null");
        } else {
            Json.string(json, choice.getText());
        }
        json.append(",\"refusal\":null");
        if (!choice.getReasoning().isEmpty()) {
            Json.member(json.append(','), "reasoning_content", choice.getReasoning());
            Json.member(json.append(','), "reasoning", choice.getReasoning());
        }
        if (!choice.getToolCalls().isEmpty()) {
            calls(json.append(','), face, choice.getToolCalls());
        }
        json.append('}');
    }

    private static void calls(StringBuilder json, Face face, List<ToolCallDelta> calls) {
        if (face.legacyFunctions()) {
            json.append("\"function_call\":");
            function(json, calls.get(0));
            return;
        }
        json.append("\"tool_calls\":[");
        for (int i = 0; i < calls.size(); i++) {
            ToolCallDelta call = calls.get(i);
            json.append(i == 0 ? "{" : ",{");
            Json.member(json, "id", orEmpty(call.getId())).append(",\"type\":\"function\",\"function\":");
            function(json, call);
            json.append('}');
        }
        json.append(']');
    }

    private static void function(StringBuilder json, ToolCallDelta call) {
        Json.member(json.append('{'), "name", orEmpty(call.getName())).append(',');
        Json.member(json, "arguments", call.getArguments()).append('}');
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
