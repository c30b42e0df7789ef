package dev.millrace.gpu.model.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a tensor lies.
 *
 * @param begin first byte, counted from the start of the file
 * @param end the byte behind its last
 */
public record TensorPlace(String name, ElementType type, List<Long> shape, Path file, long begin, long end) {

    public TensorPlace {
        shape = List.copyOf(shape);
    }

    public long elements() {
        return (end - begin) / type.bytes();
    }

    TensorPlace named(String other) {
        return new TensorPlace(other, type, shape, file, begin, end);
    }
}
