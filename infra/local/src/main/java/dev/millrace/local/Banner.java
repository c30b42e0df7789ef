package dev.millrace.local;

import java.time.Duration;
import java.util.List;

/** What a person needs to know once everything runs. */
final class Banner {

    private final LocalStack stack;
    private final List<String> served;
    private final List<String> missing;

    /** @param missing models that are not served, now or ever */
    Banner(LocalStack stack, List<String> missing) {
        this.stack = stack;
        this.missing = missing;
        this.served = stack.models().stream()
                .filter(model -> !missing.contains(model))
                .toList();
    }

    List<String> lines(Duration took) {
        return List.of(
                "",
                "  Millrace is up after %d.%d s; Ctrl-C stops it."
                        .formatted(took.toSeconds(), took.toMillisPart() / 100),
                "",
                "  API     " + stack.apiUrl() + "/v1",
                "  Key     " + stack.key(),
                "  Models  " + String.join(", ", served) + notServed(),
                "  Data    " + stack.data(),
                "",
                curl(),
                "");
    }

    private String notServed() {
        return missing.isEmpty()
                ? ""
                : "; not served: " + String.join(", ", missing) + ", see what the workers said of it above";
    }

    /** One line without an indent, so that it can be taken whole; of the models the one that was named last. */
    private String curl() {
        List<String> models = served.isEmpty() ? stack.models() : served;
        String model = models.get(models.size() - 1);
        return "curl -N " + stack.apiUrl() + "/v1/chat/completions"
                + " -H 'Authorization: Bearer " + stack.key() + "'"
                + " -H 'Content-Type: application/json'"
                + " -d '{\"model\":\"" + model + "\",\"stream\":true,\"max_tokens\":200,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Tell me about rivers.\"}]}'";
    }
}
