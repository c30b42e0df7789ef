package dev.millrace.bench.checkpoint;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A byte-level tokenizer of any size: the 256 bytes, then made-up words that no merge leads to, so that a text has as
 * many tokens as bytes, while whatever is drawn has a text.
 */
final class MadeTokenizer {

    private static final int BYTES = 256;
    private static final String END = "<|im_end|>";

    private MadeTokenizer() {}

    /** The id of the token that ends an answer: the last. */
    static int end(ModelShape shape) {
        return shape.tokens() - 1;
    }

    static ObjectNode of(ModelShape shape) {
        ObjectNode tokenizer = JsonMapper.builder().build().createObjectNode().put("version", "1.0");
        tokenizer
                .putArray("added_tokens")
                .addObject()
                .put("id", end(shape))
                .put("content", END)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
        byteLevel(tokenizer.putObject("pre_tokenizer"));
        byteLevel(tokenizer.putObject("decoder"));
        ObjectNode model = tokenizer.putObject("model").put("type", "BPE");
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < end(shape); id++) {
            vocabulary.put(id < BYTES ? spelled(id) : word(id), id);
        }
        model.putArray("merges");
        return tokenizer;
    }

    private static void byteLevel(ObjectNode part) {
        part.put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", false)
                .put("use_regex", false);
    }

    /** A byte as byte-level tokenizers spell it: printable ones as they are, the others from U+0100 on. */
    private static String spelled(int value) {
        int others = 0;
        for (int i = 0; i < value; i++) {
            others += printable(i) ? 0 : 1;
        }
        return String.valueOf((char) (printable(value) ? value : BYTES + others));
    }

    private static boolean printable(int value) {
        return (value >= '!' && value <= '~') || (value > 0xa0 && value != 0xad);
    }

    private static String word(int id) {
        StringBuilder word = new StringBuilder("\u0120");
        for (int rest = id; rest > 0; rest /= 26) {
            word.append((char) ('a' + rest % 26));
        }
        return word.toString();
    }
}
