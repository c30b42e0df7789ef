package dev.millrace.gpu.model.checkpoint;

import dev.millrace.gpu.model.checkpoint.CheckpointException.Fault;
import dev.millrace.gpu.model.checkpoint.ModelConfig.Rope;
import org.jspecify.annotations.Nullable;

/**
 * Reads rotary settings in both spellings: rope_theta with rope_scaling, and rope_parameters that hold all. Where a file has
 * both, rope_scaling goes first, as it does in the reference.
 */
final class RopeReader {

    private static final double DEFAULT_THETA = 10_000;

    private final Fields config;
    private final Family family;
    private final @Nullable Fields scaling;

    RopeReader(Fields config, Family family) {
        this.config = config;
        this.family = family;
        Fields older = config.object("rope_scaling");
        this.scaling = older == null || older.isEmpty() ? config.object("rope_parameters") : older;
    }

    Rope read() {
        if (config.number("partial_rotary_factor", 1) != 1) {
            throw unsupported("partial_rotary_factor other than 1");
        }
        double theta = config.positive("rope_theta", DEFAULT_THETA);
        if (scaling == null) {
            return new Rope(Rope.Kind.PLAIN, theta, 1, 0, 0, 0, false, 1);
        }
        theta = scaling.positive("rope_theta", theta);
        String type = scaling.text("rope_type", scaling.text("type", "default"));
        if (scaling.number("partial_rotary_factor", 1) != 1 || scaling.has("mrope_section")) {
            throw unsupported(type + " with partial or sectioned rotation");
        }
        return switch (type) {
            case "default" -> new Rope(Rope.Kind.PLAIN, theta, 1, 0, 0, 0, false, 1);
            case "linear" -> new Rope(Rope.Kind.LINEAR, theta, factor(scaling), 0, 0, 0, false, 1);
            case "yarn" -> yarn(scaling, theta);
            default -> throw unsupported(type);
        };
    }

    private Rope yarn(Fields yarn, double theta) {
        int declared = config.count("max_position_embeddings", family.usualContext());
        int original = config.count(
                "original_max_position_embeddings", yarn.count("original_max_position_embeddings", declared));
        double factor = yarn.has("factor") ? factor(yarn) : (double) declared / original;
        if (theta <= 1) {
            throw config.bad("rope_theta", "is " + theta + ", where yarn needs more than 1");
        }
        double angleScale = yarn.number("attention_factor", 0);
        if (angleScale <= 0) {
            double mscale = yarn.number("mscale", 0);
            double allDim = yarn.number("mscale_all_dim", 0);
            angleScale = mscale != 0 && allDim != 0
                    ? magnitude(factor, mscale) / magnitude(factor, allDim)
                    : magnitude(factor, 1);
        }
        return new Rope(
                Rope.Kind.YARN,
                theta,
                factor,
                original,
                beta(yarn, "beta_fast", 32),
                beta(yarn, "beta_slow", 1),
                yarn.flag("truncate", true),
                angleScale);
    }

    /** What latent attention multiplies its scores by, beside the usual root, when positions are stretched. */
    double scoreScale(Rope rope) {
        double allDim = scaling == null ? 0 : scaling.number("mscale_all_dim", 0);
        if (rope.kind() == Rope.Kind.PLAIN || allDim == 0) {
            return 1;
        }
        double magnitude = magnitude(rope.factor(), allDim);
        return magnitude * magnitude;
    }

    private static double magnitude(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }

    private static double factor(Fields scaling) {
        if (!scaling.has("factor")) {
            throw scaling.bad("factor", "is missing");
        }
        double factor = scaling.positive("factor", 1);
        if (factor < 1) {
            throw scaling.bad("factor", "is " + factor + ", below 1");
        }
        return factor;
    }

    /** The reference takes 0 for unsaid. */
    private static double beta(Fields yarn, String name, double otherwise) {
        return yarn.number(name, 0) == 0 ? otherwise : yarn.positive(name, otherwise);
    }

    private CheckpointException unsupported(String type) {
        return new CheckpointException(
                Fault.UNSUPPORTED_ROPE,
                "%s: rope type %s is not supported, only default, linear and yarn".formatted(config.file(), type));
    }
}
