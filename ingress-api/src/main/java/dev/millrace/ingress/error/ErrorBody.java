package dev.millrace.ingress.error;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.millrace.event.Failure;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A failure as OpenAI clients read it: all four keys are always there. */
public final class ErrorBody {

    private ErrorBody() {}

    public static String json(Failure failure) {
        StringBuilder json = new StringBuilder("{\"error\":{\"message\":");
        append(json, failure.getMessage());
        append(json.append(",\"type\":"), failure.getType());
        append(json.append(",\"param\":"), failure.getParam());
        append(json.append(",\"code\":"), failure.getCode());
        return json.append("}}").toString();
    }

    public static byte[] bytes(Failure failure) {
        return json(failure).getBytes(StandardCharsets.UTF_8);
    }

    private static void append(StringBuilder json, @Nullable String text) {
        if (text == null) {
            json.append("null");
            return;
        }
        json.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, json);
        json.append('"');
    }
}
