package dev.millrace.gpu.model.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.gpu.model.checkpoint.CheckpointException.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds a checkpoint's tensors: in one file, or in the shards that an index names. */
final class TensorFiles {

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    /** Large models have hundreds of shards, and a download that broke off lacks most of them. */
    private static final int MOST_NAMED = 3;

    private TensorFiles() {}

    static Map<String, TensorPlace> read(Path directory) {
        if (Files.exists(directory.resolve(INDEX)) && !Files.exists(directory.resolve(SINGLE))) {
            return readShards(directory);
        }
        Map<String, TensorPlace> tensors = new LinkedHashMap<>();
        SafetensorsHeader.read(directory.resolve(SINGLE)).forEach(place -> tensors.put(place.name(), place));
        return tensors;
    }

    private static Map<String, TensorPlace> readShards(Path directory) {
        Map<String, String> index = index(directory.resolve(INDEX));
        List<String> absent = new ArrayList<>();
        for (String shard : new TreeSet<>(index.values())) {
            if (!Files.isRegularFile(directory.resolve(shard))) {
                absent.add(shard);
            }
        }
        if (!absent.isEmpty()) {
            int named = Math.min(absent.size(), MOST_NAMED);
            String more = absent.size() > named ? " and %d more".formatted(absent.size() - named) : "";
            throw new CheckpointException(
                    Fault.MISSING_FILE,
                    INDEX + " names shards that are missing: " + String.join(", ", absent.subList(0, named)) + more);
        }
        Map<String, TensorPlace> tensors = new LinkedHashMap<>();
        for (String shard : new TreeSet<>(index.values())) {
            for (TensorPlace place : SafetensorsHeader.read(directory.resolve(shard))) {
                TensorPlace before = tensors.put(place.name(), place);
                if (before != null) {
                    throw new CheckpointException(
                            Fault.DUPLICATE_TENSOR,
                            "%s is in both %s and %s"
                                    .formatted(place.name(), before.file().getFileName(), shard));
                }
            }
        }
        compare(index, tensors);
        return tensors;
    }

    private static Map<String, String> index(Path file) {
        JsonNode weights = JsonFile.read(file).path("weight_map");
        if (!weights.isObject() || weights.isEmpty()) {
            throw new CheckpointException(Fault.BAD_INDEX, INDEX + " has no weight_map");
        }
        Map<String, String> index = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : weights.properties()) {
            String shard = entry.getValue().asText();
            if (!entry.getValue().isTextual() || !shard.matches("[\\w.-]+\\.safetensors")) {
                throw new CheckpointException(
                        Fault.BAD_INDEX,
                        "%s places %s in %s, which is no file name".formatted(INDEX, entry.getKey(), entry.getValue()));
            }
            index.put(entry.getKey(), shard);
        }
        return index;
    }

    private static void compare(Map<String, String> index, Map<String, TensorPlace> tensors) {
        index.forEach((name, shard) -> {
            TensorPlace place = tensors.get(name);
            if (place == null || !place.file().getFileName().toString().equals(shard)) {
                throw new CheckpointException(
                        Fault.BAD_INDEX, "%s places %s in %s, which does not hold it".formatted(INDEX, name, shard));
            }
        });
        tensors.forEach((name, place) -> {
            if (!index.containsKey(name)) {
                throw new CheckpointException(
                        Fault.BAD_INDEX,
                        "%s holds %s, which %s does not name"
                                .formatted(place.file().getFileName(), name, INDEX));
            }
        });
    }
}
