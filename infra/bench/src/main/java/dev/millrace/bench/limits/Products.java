package dev.millrace.bench.limits;

/** How PyTorch multiplies bfloat16 best on a device. */
enum Products {
    /** As it is. */
    PLAIN,
    /** Through oneDNN, which wants the weights prepacked. */
    PACKED,
    /** With weights in float16, because the processor knows no bfloat16. */
    HALVES
}
