package dev.millrace.gpu.model.checkpoint;

/** The element types that a safetensors file can name. */
public enum ElementType {
    BOOL(1),
    U8(1),
    I8(1),
    F8_E5M2(1),
    F8_E4M3(1),
    I16(2),
    U16(2),
    F16(2),
    BF16(2),
    I32(4),
    U32(4),
    F32(4),
    F64(8),
    I64(8),
    U64(8);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    public int bytes() {
        return bytes;
    }

    /** Whether weights may come in it as they are. */
    boolean plainWeight() {
        return this == BF16 || this == F16 || this == F32;
    }
}
