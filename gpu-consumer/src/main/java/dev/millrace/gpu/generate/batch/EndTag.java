package dev.millrace.gpu.generate.batch;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntFunction;

/**
 * Keeps a thought from spelling out the tag that ends it, in tokens of its letters: whoever reads the text takes that for the
 * end, and what is still thought would be read as the answer.
 */
final class EndTag {

    private static final byte[] TAG = "</think>".getBytes(StandardCharsets.US_ASCII);

    private final BitSet thinkable;
    private final IntFunction<byte[]> bytes;
    private int spelled;

    /** @param bytes what each token adds to the text */
    EndTag(BitSet thinkable, IntFunction<byte[]> bytes) {
        this.thinkable = thinkable;
        this.bytes = bytes;
    }

    /** Those that do not end the tag that the text has begun. Not to be changed. */
    BitSet allowed() {
        if (spelled == 0) {
            return thinkable;
        }
        BitSet others = (BitSet) thinkable.clone();
        for (int token = thinkable.nextSetBit(0); token >= 0; token = thinkable.nextSetBit(token + 1)) {
            others.set(token, !endsTag(bytes.apply(token)));
        }
        return others;
    }

    private boolean endsTag(byte[] next) {
        int left = TAG.length - spelled;
        return next.length >= left && Arrays.equals(next, 0, left, TAG, spelled, TAG.length);
    }

    void advance(int token) {
        for (byte each : bytes.apply(token)) {
            boolean goesOn = each == TAG[spelled];
            spelled = goesOn ? (spelled + 1) % TAG.length : each == TAG[0] ? 1 : 0;
        }
    }
}
