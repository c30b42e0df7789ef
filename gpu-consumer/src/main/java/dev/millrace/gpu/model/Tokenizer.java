package dev.millrace.gpu.model;

/**
 * Text to token ids and back, as one model does it. Safe from any thread. To turn ids into text while they come, use
 * {@link dev.millrace.gpu.model.text.Detokenizer} over {@link #vocabulary()}.
 */
public interface Tokenizer extends AutoCloseable {

    /** What each id stands for. */
    Vocabulary vocabulary();

    /**
     * The ids of a text; control tokens that are spelled out in it become those tokens.
     *
     * @param special whether to add what the model expects around a bare prompt (a beginning-of-sequence token, say);
     *     false for a rendered chat, which has it already
     */
    int[] encode(String text, boolean special);

    /** The text of the ids; bytes that are no UTF-8 become replacement characters. */
    default String decode(int[] ids, boolean skipSpecial) {
        return vocabulary().decode(ids, skipSpecial);
    }

    /** Frees the native tokenizer; nothing may be encoded afterwards. */
    @Override
    void close();
}
