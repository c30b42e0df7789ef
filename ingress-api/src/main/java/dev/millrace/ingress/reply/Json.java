package dev.millrace.ingress.reply;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.millrace.event.TokenChance;
import dev.millrace.event.TokenLogprob;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JSON written straight into a text: events are many and small, and trees for them would cost more than the rest. */
final class Json {

    private Json() {}

    static StringBuilder string(StringBuilder json, String text) {
        json.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, json);
        return json.append('"');
    }

    static StringBuilder member(StringBuilder json, String name, String text) {
        json.append('"').append(name).append("\":");
        return string(json, text);
    }

    static void logprobs(StringBuilder json, @Nullable List<TokenLogprob> logprobs) {
        if (logprobs == null) {
            json.append("null");
            return;
        }
        json.append("{\"content\":[");
        for (int i = 0; i < logprobs.size(); i++) {
            TokenLogprob logprob = logprobs.get(i);
            json.append(i == 0 ? "{" : ",{");
            chance(json, logprob.getChosen());
            json.append(",\"top_logprobs\":[");
            for (int j = 0; j < logprob.getTop().size(); j++) {
                json.append(j == 0 ? "{" : ",{");
                chance(json, logprob.getTop().get(j));
                json.append('}');
            }
            json.append("]}");
        }
        json.append("],\"refusal\":null}");
    }

    private static void chance(StringBuilder json, TokenChance chance) {
        member(json, "token", chance.getToken());
        json.append(",\"logprob\":").append(chance.getLogprob()).append(",\"bytes\":[");
        ByteBuffer bytes = chance.getBytes().duplicate();
        while (bytes.hasRemaining()) {
            json.append(bytes.get() & 0xFF).append(bytes.hasRemaining() ? "," : "");
        }
        json.append(']');
    }
}
