package dev.millrace.gpu.generate.djl;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.millrace.gpu.model.ModelFileException;
import dev.millrace.gpu.model.Tokenizer;
import dev.millrace.gpu.model.TokenizerConfig;
import dev.millrace.gpu.model.Vocabulary;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/**
 * A model's own {@code tokenizer.json}, run by Hugging Face's library. Only the ids are asked of it, and the native
 * encoding is freed at once, so a long prompt leaves nothing behind. The lock keeps {@link #close} from freeing what
 * another thread uses; encodings run side by side.
 */
public final class DjlTokenizer implements Tokenizer {

    private static final TokenizersLibrary LIBRARY = TokenizersLibrary.LIB;
    private static final String EVERY_BYTE = everyByte();

    private final Vocabulary vocabulary;
    private final OptionalInt prepended;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private long handle;

    private DjlTokenizer(Path directory, Vocabulary vocabulary, TokenizerConfig config) {
        this.vocabulary = vocabulary;
        Path file = directory.resolve("tokenizer.json");
        LibUtils.checkStatus();
        try {
            handle = LIBRARY.createTokenizerFromString(vocabulary.tokenizerOf(directory));
        } catch (Exception e) {
            throw new ModelFileException(file + ": " + e.getMessage(), e);
        }
        LIBRARY.disableTruncation(handle);
        LIBRARY.disablePadding(handle);
        tryOut(file);
        prepended = missingBos(config);
    }

    /** Loads the tokenizer of a model directory. */
    public static DjlTokenizer load(Path directory) {
        return new DjlTokenizer(directory, Vocabulary.read(directory), TokenizerConfig.read(directory));
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public int[] encode(String text, boolean special) {
        int[] ids = ids(wellFormed(text), special);
        if (!special || prepended.isEmpty()) {
            return ids;
        }
        int[] longer = new int[ids.length + 1];
        longer[0] = prepended.getAsInt();
        System.arraycopy(ids, 0, longer, 1, ids.length);
        return longer;
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (handle != 0) {
                LIBRARY.deleteTokenizer(handle);
                handle = 0;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private int[] ids(String text, boolean special) {
        lock.readLock().lock();
        try {
            if (handle == 0) {
                throw new IllegalStateException("the tokenizer is closed");
            }
            long encoding = LIBRARY.encode(handle, text, special);
            try {
                return Arrays.stream(LIBRARY.getTokenIds(encoding))
                        .mapToInt(Math::toIntExact)
                        .toArray();
            } finally {
                LIBRARY.deleteEncoding(encoding);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    /** One that fails at letters it does not know would fail each request that has some. */
    private void tryOut(Path file) {
        try {
            ids(EVERY_BYTE, false);
        } catch (RuntimeException e) {
            close();
            throw new ModelFileException(
                    file + ": letters that are not in the vocabulary cannot be encoded, look at the model's unk_token: "
                            + e.getMessage(),
                    e);
        }
    }

    /** All bytes that UTF-8 has, in one text or another. */
    private static String everyByte() {
        IntStream oneAndTwo = IntStream.concat(
                IntStream.range(0, 0xC0), IntStream.range(3, 32).map(lead -> lead << 6));
        IntStream three = IntStream.range(0, 16).map(lead -> Math.max(lead << 12, 0x800));
        IntStream four = IntStream.range(0, 5).map(lead -> Math.max(lead << 18, 0x10000));
        int[] points =
                IntStream.concat(oneAndTwo, IntStream.concat(three, four)).toArray();
        return new String(points, 0, points.length);
    }

    /** Some models ask for the token in their configuration and leave it out of the tokenizer's own template. */
    private OptionalInt missingBos(TokenizerConfig config) {
        String token = config.bosToken();
        if (token == null || !Boolean.TRUE.equals(config.addBos())) {
            return OptionalInt.empty();
        }
        OptionalInt bos = vocabulary.id(token);
        boolean there = bos.isPresent() && Arrays.stream(ids("", true)).anyMatch(id -> id == bos.getAsInt());
        return there ? OptionalInt.empty() : bos;
    }

    /** Half a surrogate pair has no UTF-8. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                int[] points = text.codePoints()
                        .map(point ->
                                point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0xFFFD : point)
                        .toArray();
                return new String(points, 0, points.length);
            }
        }
        return text;
    }
}
