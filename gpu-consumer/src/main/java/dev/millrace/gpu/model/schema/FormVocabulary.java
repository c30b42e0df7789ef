package dev.millrace.gpu.model.schema;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A model's vocabulary, as masks need it, and the masks that were worked out. Made once a model. Most tokens are whole characters that any string
 * may contain; these are told by counting, and only the others by reading them.
 */
public final class FormVocabulary {

    private static final int MAX_COUNTED = 64;

    /** Bytes of a short token; most of those that models write are. */
    private static final int SHORT = 16;

    /** Where more tokens are allowed, the shortest way out is looked for byte by byte. */
    private static final int MAX_TRIED = 512;

    private final IntFunction<byte[]> bytes;
    private final TokenTrie all;
    private final TokenTrie allShort;
    private final TokenTrie allLong;
    private final TokenTrie notPlain;

    /** By a number of characters, the plain tokens with at most so many. */
    private final List<BitSet> plainUpTo = new ArrayList<>();

    private final BitSet plain = new BitSet();

    /** The tokens of one byte, and those that are no text. */
    private final BitSet single = new BitSet();

    private final BitSet control;
    private final BitSet endTokens;
    private final MaskCache masks;

    /** Of what short tokens are allowed. */
    private final MaskCache shortMasks;

    /** As many characters as any token has at most, counted in bytes. */
    private final int longest;

    /**
     * @param text the tokens that are part of texts
     * @param control the tokens that are not, but that a form may ask for
     * @param endTokens the tokens that end a text
     * @param bytes what each token stands for
     */
    public FormVocabulary(BitSet text, BitSet control, BitSet endTokens, IntFunction<byte[]> bytes) {
        this.bytes = bytes;
        single.or(control);
        this.control = (BitSet) control.clone();
        this.endTokens = (BitSet) endTokens.clone();
        for (int i = 0; i <= MAX_COUNTED; i++) {
            plainUpTo.add(new BitSet());
        }
        text.stream().forEach(token -> {
            int characters = plainCharacters(bytes.apply(token));
            if (characters > 0 && characters <= MAX_COUNTED) {
                plain.set(token);
                plainUpTo.get(characters).set(token);
            }
            single.set(token, bytes.apply(token).length == 1);
        });
        for (int i = 1; i <= MAX_COUNTED; i++) {
            plainUpTo.get(i).or(plainUpTo.get(i - 1));
        }
        BitSet others = (BitSet) text.clone();
        others.andNot(plain);
        all = new TokenTrie(text, bytes);
        BitSet brief = new BitSet();
        text.stream().filter(token -> bytes.apply(token).length <= SHORT).forEach(brief::set);
        BitSet lengthy = (BitSet) text.clone();
        lengthy.andNot(brief);
        allShort = new TokenTrie(brief, bytes);
        allLong = new TokenTrie(lengthy, bytes);
        notPlain = new TokenTrie(others, bytes);
        longest = text.stream().map(token -> bytes.apply(token).length).max().orElse(0);
        int maskBytes = 1 + Math.max(endTokens.length(), Math.max(text.length(), control.length())) / 8;
        masks = new MaskCache(maskBytes);
        shortMasks = new MaskCache(maskBytes);
    }

    /** How many characters the bytes are, all of which stand for themselves in a JSON string; 0 where not all do. */
    private static int plainCharacters(byte[] bytes) {
        for (byte octet : bytes) {
            if (octet >= 0 && octet < 0x20 || octet == '"' || octet == '\\') {
                return 0;
            }
        }
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return (int) text.codePoints().count();
        } catch (CharacterCodingException e) {
            return 0;
        }
    }

    /** The tokens that a text in this state may go on with, end tokens where it may end; never none. Not to be changed. */
    BitSet allowed(Automaton state) {
        return masks.get(state.within(longest), this::workedOut);
    }

    private BitSet workedOut(Automaton state) {
        BitSet allowed = new BitSet();
        StringForm string = state.soleString();
        int free = state.freeCharacters();
        if (string != null && free > 0 && free == string.most() || free >= MAX_COUNTED) {
            allowed.or(plainUpTo.get(Math.min(free, MAX_COUNTED)));
            notPlain.collect(state, allowed);
        } else if (string != null) {
            // How far its end is away makes a difference to few tokens, so most of the mask serves for many states.
            allowed.or(shortMasks.get(state.within(SHORT), this::workedOutShort));
            allLong.collect(state, allowed);
        } else {
            all.collect(state, allowed);
        }
        control.stream().filter(token -> !state.readToken(token).isDead()).forEach(allowed::set);
        if (state.mayEnd() || allowed.isEmpty()) {
            allowed.or(endTokens);
        }
        return allowed;
    }

    private BitSet workedOutShort(Automaton state) {
        BitSet allowed = new BitSet();
        allShort.collect(state, allowed);
        return allowed;
    }

    /** Of what is allowed, that which brings the text nearest to its end. Never none. */
    BitSet closing(Automaton state, BitSet allowed) {
        if (state.mayEnd()) {
            return endTokens;
        }
        BitSet tried = allowed;
        if (allowed.cardinality() > MAX_TRIED) {
            tried = (BitSet) allowed.clone();
            tried.and(single);
        }
        BitSet closing = new BitSet();
        int nearest = Form.ENDLESS;
        for (int token = tried.nextSetBit(0); token >= 0; token = tried.nextSetBit(token + 1)) {
            int left = read(state, token).leastBytes();
            if (left < nearest) {
                closing.clear();
                nearest = left;
            }
            closing.set(token, left == nearest && left < Form.ENDLESS);
        }
        return closing.isEmpty() ? allowed : closing;
    }

    boolean isEnd(int token) {
        return endTokens.get(token);
    }

    Automaton read(Automaton state, int token) {
        if (control.get(token)) {
            return state.readToken(token);
        }
        Automaton after = state;
        for (byte octet : bytes.apply(token)) {
            after = after.read(octet & 0xFF);
        }
        return after;
    }
}
