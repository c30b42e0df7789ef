package dev.millrace.gpu.model;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What each token id stands for, in bytes: a token may be part of a character. Immutable. */
public final class Vocabulary {

    private static final byte[] NOTHING = {};

    private final byte[][] bytes;
    private final BitSet known;
    private final BitSet added;
    private final BitSet special;
    private final Map<String, Integer> ids;
    private final boolean byteLevel;

    /** Those that the tokenizer's own file does not have. */
    private final List<AddedToken> missing;

    private Vocabulary(TokenizerFile file, List<AddedToken> missing) {
        this.missing = List.copyOf(missing);
        byteLevel = file.isByteLevel();
        TokenBytes spelling = byteLevel ? TokenBytes.BYTE_LEVEL : TokenBytes.PIECES;
        ids = new HashMap<>(file.model.vocab);
        List<AddedToken> all = new ArrayList<>(file.addedTokens());
        all.addAll(missing);
        all.forEach(token -> ids.put(token.content(), token.id()));
        bytes = new byte[1 + ids.values().stream().mapToInt(id -> id).max().orElse(-1)][];
        Arrays.fill(bytes, NOTHING);
        known = new BitSet(bytes.length);
        added = new BitSet(bytes.length);
        special = new BitSet(bytes.length);
        ids.forEach((token, id) -> {
            bytes[id] = spelling.of(token);
            known.set(id);
        });
        for (AddedToken token : all) {
            added.set(token.id());
            special.set(token.id(), token.special());
        }
    }

    /** Reads {@code tokenizer.json} of a model directory, and what {@code tokenizer_config.json} adds to it. */
    public static Vocabulary read(Path directory) {
        Path path = directory.resolve("tokenizer.json");
        TokenizerFile file = ModelJson.read(path, TokenizerFile.class);
        if (file.model == null || file.model.vocab == null) {
            throw new ModelFileException(path + ": holds no vocabulary of tokens");
        }
        TokenizerParts.check(path, file.normalizer, file.pre_tokenizer, file.post_processor);
        TokenizerParts.checkPrefix(path, file.model.continuing_subword_prefix);
        TokenizerConfig config = TokenizerConfig.read(directory);
        Path listing = directory.resolve("tokenizer_config.json");
        return new Vocabulary(
                file, AddedTokens.missing(config.addedTokens(), file.addedTokens(), file.model.vocab, listing));
    }

    /** The tokenizer's file, {@code tokenizer.json} of a model directory, with all tokens of this vocabulary in it. */
    public String tokenizerOf(Path directory) {
        return AddedTokens.into(directory.resolve("tokenizer.json"), missing);
    }

    /** One more than the highest id; some ids below it may be unused. */
    public int size() {
        return bytes.length;
    }

    /** Whether the id stands for a token at all. */
    public boolean contains(int id) {
        return id >= 0 && known.get(id);
    }

    /** The bytes of a token, none for an unused id. Not to be changed: they are not copied. */
    public byte[] bytes(int id) {
        return id >= 0 && id < bytes.length ? bytes[id] : NOTHING;
    }

    /** Whether the token controls the model and is no part of any text. */
    public boolean isSpecial(int id) {
        return id >= 0 && special.get(id);
    }

    /** Whether the token was added beside the vocabulary proper: special tokens, and tags such as a thought's. */
    public boolean isAdded(int id) {
        return id >= 0 && added.get(id);
    }

    /** The id of a token, by its name in the tokenizer's own spelling. */
    public OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** The text of the ids; bytes that are no UTF-8 become replacement characters. */
    public String decode(int[] tokens, boolean skipSpecial) {
        Utf8Decoder out = new Utf8Decoder();
        for (int id : tokens) {
            if (!skipSpecial || !isSpecial(id)) {
                out.push(bytes(id));
            }
        }
        String text = out.finish();
        return byteLevel || !text.startsWith(" ") ? text : text.substring(1);
    }

    /** Whether a text's first space is the tokenizer's own addition. */
    public boolean opensWithSpace() {
        return !byteLevel;
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record TokenizerFile(
            @Nullable List<AddedToken> added_tokens,
            VocabularyModel model,
            @Nullable JsonNode normalizer,
            @Nullable JsonNode pre_tokenizer,
            @Nullable JsonNode post_processor,
            @Nullable JsonNode decoder) {

        List<AddedToken> addedTokens() {
            return added_tokens == null ? List.of() : added_tokens;
        }

        boolean isByteLevel() {
            return decoder == null || decoder.toString().contains("\"ByteLevel\"");
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record VocabularyModel(
            Map<String, Integer> vocab, @Nullable String continuing_subword_prefix) {}
}
