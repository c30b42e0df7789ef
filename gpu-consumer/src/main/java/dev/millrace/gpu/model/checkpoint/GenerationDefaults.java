package dev.millrace.gpu.model.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the model's makers would have it sampled, where a request does not say: generation_config.json, and the end tokens
 * of config.json where that is absent. A null has not been said.
 *
 * @param sample false stands for greedy choice
 */
public record GenerationDefaults(
        List<Integer> endTokens,
        boolean sample,
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Integer topK,
        @Nullable Double minP,
        @Nullable Double repetitionPenalty,
        @Nullable Integer maxNewTokens) {

    private static final String FILE = "generation_config.json";

    public GenerationDefaults {
        endTokens = List.copyOf(endTokens);
    }

    static GenerationDefaults read(Path directory) {
        Fields config = new Fields("config.json", JsonFile.read(directory.resolve("config.json")));
        List<Integer> ends = config.wholes("eos_token_id");
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return new GenerationDefaults(ends, false, null, null, null, null, null, null);
        }
        Fields fields = new Fields(FILE, JsonFile.read(file));
        return new GenerationDefaults(
                fields.has("eos_token_id") ? fields.wholes("eos_token_id") : ends,
                fields.flag("do_sample", false),
                number(fields, "temperature", Double.MAX_VALUE),
                number(fields, "top_p", 1),
                topK(fields),
                number(fields, "min_p", 1),
                fields.has("repetition_penalty") ? (Double) fields.positive("repetition_penalty", 1) : null,
                fields.has("max_new_tokens") ? (Integer) fields.whole("max_new_tokens", 1, 1) : null);
    }

    /** Some say -1 for all, as servers do, others 0. */
    private static @Nullable Integer topK(Fields fields) {
        if (!fields.has("top_k")) {
            return null;
        }
        return fields.number("top_k", 0) == -1 ? 0 : fields.whole("top_k", 0, 0);
    }

    /** From 0 to what is sensible; else every request would fail for what it did not ask for. */
    private static @Nullable Double number(Fields fields, String name, double most) {
        if (!fields.has(name)) {
            return null;
        }
        double number = fields.number(name, 0);
        if (number < 0 || number > most) {
            throw fields.bad(name, "is " + number + ", out of its range");
        }
        return number;
    }
}
