package dev.millrace.gpu.model;

/**
 * Bytes to text, one after the other. What is no UTF-8 becomes one replacement character for each longest part that could
 * still have become a character, as Hugging Face's library counts them; Java's own decoders count otherwise.
 */
public final class Utf8Decoder {

    private static final char BROKEN = '\uFFFD';

    private final StringBuilder text = new StringBuilder();
    private int missing;
    private int least;
    private int most;
    private int point;

    /** Takes more bytes; a character that they leave open waits for the next ones. */
    public Utf8Decoder push(byte[] bytes) {
        for (byte each : bytes) {
            push(each & 0xFF);
        }
        return this;
    }

    /** The text since it was last asked for. */
    public String take() {
        String taken = text.toString();
        text.setLength(0);
        return taken;
    }

    /** The same, now that nothing follows. */
    public String finish() {
        if (missing > 0) {
            missing = 0;
            text.append(BROKEN);
        }
        return take();
    }

    private void push(int next) {
        if (missing > 0 && next >= least && next <= most) {
            point = point << 6 | next & 0x3F;
            expect(missing - 1, 0x80, 0xBF);
            if (missing == 0) {
                text.appendCodePoint(point);
            }
            return;
        }
        if (missing > 0) {
            text.append(BROKEN);
        }
        begin(next);
    }

    private void begin(int next) {
        if (next < 0x80) {
            missing = 0;
            text.append((char) next);
        } else if (next >= 0xC2 && next <= 0xDF) {
            expect(1, 0x80, 0xBF);
            point = next & 0x1F;
        } else if (next >= 0xE0 && next <= 0xEF) {
            expect(2, next == 0xE0 ? 0xA0 : 0x80, next == 0xED ? 0x9F : 0xBF);
            point = next & 0xF;
        } else if (next >= 0xF0 && next <= 0xF4) {
            expect(3, next == 0xF0 ? 0x90 : 0x80, next == 0xF4 ? 0x8F : 0xBF);
            point = next & 0x7;
        } else {
            missing = 0;
            text.append(BROKEN);
        }
    }

    private void expect(int bytes, int from, int to) {
        missing = bytes;
        least = from;
        most = to;
    }
}
