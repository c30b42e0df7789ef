package dev.millrace.gpu.model.parse;

/** Hears of tool calls while they are read. */
interface CallSink {

    /** A call begins; it is one for certain. */
    void begin(String name);

    /** The arguments of the call begun last go on. */
    void arguments(String more);
}
