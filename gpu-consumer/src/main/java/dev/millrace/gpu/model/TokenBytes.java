package dev.millrace.gpu.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** How a tokenizer spells bytes in the names of its tokens. */
enum TokenBytes {

    /** Each byte is one printable character: itself where it is printable Latin-1, else one from U+0100 on. */
    BYTE_LEVEL {
        @Override
        byte[] of(String token) {
            byte[] bytes = new byte[token.length()];
            for (int i = 0; i < bytes.length; i++) {
                char letter = token.charAt(i);
                int value = letter < BYTE_OF.length ? BYTE_OF[letter] : -1;
                if (value < 0) {
                    return token.getBytes(StandardCharsets.UTF_8);
                }
                bytes[i] = (byte) value;
            }
            return bytes;
        }
    },

    /** SentencePiece: a lower block is a space, and {@code <0x0A>} the byte. */
    PIECES {
        @Override
        byte[] of(String token) {
            if (token.length() == 6 && token.startsWith("<0x") && token.endsWith(">")) {
                int high = Character.digit(token.charAt(3), 16);
                int low = Character.digit(token.charAt(4), 16);
                if (high >= 0 && low >= 0) {
                    return new byte[] {(byte) (high << 4 | low)};
                }
            }
            return token.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
        }
    };

    private static final int[] BYTE_OF = byteOfLetter();

    abstract byte[] of(String token);

    private static int[] byteOfLetter() {
        int[] map = new int[512];
        Arrays.fill(map, -1);
        int next = 256;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xA1 && value != 0xAD);
            map[printable ? value : next++] = value;
        }
        return map;
    }
}
