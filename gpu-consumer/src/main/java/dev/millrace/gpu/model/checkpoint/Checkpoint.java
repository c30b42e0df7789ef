package dev.millrace.gpu.model.checkpoint;

import java.nio.file.Path;
import java.util.Map;

/**
 * A model directory that has been found whole: every tensor that the config calls for is there in the right shape, and
 * nothing that is not understood lies beside them.
 *
 * @param tensors the model's own tensors, by name without "model." in front
 * @param vocabulary ids that the tokenizer knows: rows of the embedding past them are padding
 */
public record Checkpoint(
        Path directory,
        ModelConfig config,
        Map<String, TensorPlace> tensors,
        int vocabulary,
        GenerationDefaults generation) {

    public Checkpoint {
        tensors = Map.copyOf(tensors);
    }

    /**
     * Reads and checks a directory.
     *
     * @throws CheckpointException if anything is missing, surplus or unsupported
     */
    public static Checkpoint open(Path directory) {
        ModelConfig config = ConfigReader.read(directory);
        GenerationDefaults generation = GenerationDefaults.read(directory);
        int vocabulary = TokenizerSize.read(directory, config.vocabulary());
        Map<String, TensorPlace> tensors = TensorCheck.check(config, TensorFiles.read(directory));
        return new Checkpoint(directory, config, tensors, vocabulary, generation);
    }

    /** Weights that the model uses. */
    public long parameters() {
        return tensors.values().stream()
                .filter(place -> !place.name().endsWith(TensorCheck.SCALES))
                .mapToLong(TensorPlace::elements)
                .sum();
    }
}
