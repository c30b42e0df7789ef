package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.model.checkpoint.ElementType;

/** PyTorch's own numbers for element types, as TorchScript source names them. */
final class ScalarTypes {

    private ScalarTypes() {}

    static int of(Precision precision) {
        return precision == Precision.FLOAT32 ? 6 : 15;
    }

    static int of(ElementType type) {
        return switch (type) {
            case F16 -> 5;
            case F32 -> 6;
            case BF16 -> 15;
            case F8_E4M3 -> 24;
            default -> throw new IllegalArgumentException("no weight is of type " + type);
        };
    }
}
