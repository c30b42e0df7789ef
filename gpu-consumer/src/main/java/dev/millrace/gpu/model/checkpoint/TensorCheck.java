package dev.millrace.gpu.model.checkpoint;

import dev.millrace.gpu.model.checkpoint.CheckpointException.Fault;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Holds the tensors that were found against those that the config calls for. */
final class TensorCheck {

    static final String SCALES = "_scale_inv";

    private static final String PREFIX = "model.";
    private static final Pattern LAYER = Pattern.compile("layers\\.(\\d+)\\..*");

    private TensorCheck() {}

    /** The tensors to load; what published checkpoints carry beside the model is left out. */
    static Map<String, TensorPlace> check(ModelConfig config, Map<String, TensorPlace> found) {
        Map<String, TensorPlace> left = new HashMap<>();
        found.forEach((name, place) -> {
            String plain = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
            TensorPlace twin = left.put(plain, place.named(plain));
            if (twin != null) {
                throw new CheckpointException(
                        Fault.DUPLICATE_TENSOR, name + " is there with and without \"" + PREFIX + "\" in front");
            }
        });
        Map<String, TensorPlace> tensors = new HashMap<>();
        Inventory.visit(config, (name, shape) -> {
            TensorPlace place = take(left, name, shape);
            tensors.put(name, place);
            List<Long> scales = Inventory.scales(place, config.fp8());
            if (scales != null) {
                tensors.put(name + SCALES, take(left, name + SCALES, scales));
            } else if (!place.type().plainWeight()) {
                throw new CheckpointException(
                        Fault.WRONG_TYPE, "%s is %s, which no weight may be".formatted(name, place.type()));
            }
        });
        for (String name : left.keySet()) {
            if (!carriedAlong(name, config)) {
                throw new CheckpointException(
                        Fault.SURPLUS_TENSOR, name + " belongs to no part of the model that config.json describes");
            }
        }
        return tensors;
    }

    private static TensorPlace take(Map<String, TensorPlace> left, String name, List<Long> shape) {
        TensorPlace place = left.remove(name);
        if (place == null) {
            throw new CheckpointException(Fault.MISSING_TENSOR, name + " is missing");
        }
        if (!place.shape().equals(shape)) {
            throw new CheckpointException(
                    Fault.WRONG_SHAPE,
                    "%s has shape %s, config.json calls for %s".formatted(name, place.shape(), shape));
        }
        if (name.endsWith(SCALES) && !place.type().plainWeight()) {
            throw new CheckpointException(Fault.WRONG_TYPE, "%s is %s, not a float".formatted(name, place.type()));
        }
        return place;
    }

    /** Known passengers: tables that are computed anyway, a head beside a tied embedding, V3's prediction layers. */
    private static boolean carriedAlong(String name, ModelConfig config) {
        if (name.endsWith("rotary_emb.inv_freq") || name.equals("lm_head.weight") && config.tiedHead()) {
            return true;
        }
        Matcher layer = LAYER.matcher(name);
        return config.family() == Family.DEEPSEEK_V3
                && layer.matches()
                && layer.group(1).length() < 6
                && Integer.parseInt(layer.group(1)) >= config.layers();
    }
}
