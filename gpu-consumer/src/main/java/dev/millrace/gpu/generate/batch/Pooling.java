package dev.millrace.gpu.generate.batch;

/** Which of a text's hidden states stands for all of it. */
public enum Pooling {
    LAST,
    MEAN
}
