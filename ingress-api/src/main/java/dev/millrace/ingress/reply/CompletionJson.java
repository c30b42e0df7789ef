package dev.millrace.ingress.reply;

import dev.millrace.event.ChoiceRecord;
import dev.millrace.reply.Answer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A whole completion as JSON. */
final class CompletionJson {

    private CompletionJson() {}

    static byte[] of(Face face, Answer answer, Tally tally) {
        StringBuilder json = new StringBuilder("{");
        Json.member(json, "id", face.id());
        json.append(",\"object\":\"text_completion\",\"created\":")
                .append(face.createdSeconds())
                .append(',');
        Json.member(json, "model", face.model()).append(",\"choices\":[");
        List<ChoiceRecord> choices = answer.choices();
        for (int i = 0; i < choices.size(); i++) {
            choice(json.append(i == 0 ? "" : ","), choices.get(i));
        }
        json.append("],\"usage\":").append(tally.json()).append(',');
        Json.member(json, "system_fingerprint", face.fingerprint()).append('}');
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void choice(StringBuilder json, ChoiceRecord choice) {
        Json.member(json.append('{'), "text", choice.getText())
                .append(",\"index\":")
                .append(choice.getIndex())
                .append(",\"logprobs\":");
        new CompletionLogprobs().write(json, choice.getLogprobs());
        String reason = choice.getFinishReason();
        Json.member(json.append(','), "finish_reason", reason == null ? "stop" : reason)
                .append('}');
    }
}
