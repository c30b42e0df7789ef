package dev.millrace.local;

import java.time.Duration;
import java.util.List;

/** What a person needs to know once everything runs. */
final class Banner {

    private final LocalStack stack;

    Banner(LocalStack stack) {
        this.stack = stack;
    }

    List<String> lines(Duration took) {
        return List.of(
                "",
                "  Millrace is up after %d.%d s; Ctrl-C stops it."
                        .formatted(took.toSeconds(), took.toMillisPart() / 100),
                "",
                "  API     " + stack.apiUrl() + "/v1",
                "  Key     " + stack.key(),
                "  Models  " + String.join(", ", stack.models()),
                "  Data    " + stack.data(),
                "",
                curl(),
                "");
    }

    /** One line without an indent, so that it can be taken whole; of the models the one that was named last. */
    private String curl() {
        List<String> models = stack.models();
        String model = models.get(models.size() - 1);
        return "curl -N " + stack.apiUrl() + "/v1/chat/completions"
                + " -H 'Authorization: Bearer " + stack.key() + "'"
                + " -H 'Content-Type: application/json'"
                + " -d '{\"model\":\"" + model + "\",\"stream\":true,\"max_tokens\":200,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Tell me about rivers.\"}]}'";
    }
}
