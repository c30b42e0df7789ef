package dev.millrace.gpu.generate.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of tokens that a model reads and lengthens. Whatever of it the cache does not hold has to be read before the
 * next token can be chosen, be it a prompt, what another worker delivered, or all of it after a preemption.
 */
public final class Sequence {

    private final long order;
    private final int promptLength;
    private final boolean reusesCache;
    private final @Nullable Sequence elder;
    private final List<BlockKey> keys = new ArrayList<>();
    private int[] tokens;
    private int length;
    private int computed;
    private int[] blocks = new int[8];
    private int blockCount;
    private boolean liesTogether;
    private long round;
    private int cachedTokens = -1;
    private boolean ended;
    private boolean paused;

    /**
     * @param order arrival, different for each: within a round the lower goes first and is preempted last
     * @param tokens the prompt, then what was generated before
     * @param reusesCache whether blocks that are there already will do; not where every token's output is wanted
     * @param elder a sequence with the same prompt to wait for, so that the prompt is read once
     */
    public Sequence(long order, int[] tokens, int promptLength, boolean reusesCache, @Nullable Sequence elder) {
        if (promptLength < 1 || promptLength > tokens.length) {
            throw new IllegalArgumentException("a prompt has at least one token");
        }
        this.order = order;
        this.tokens = tokens.clone();
        this.length = tokens.length;
        this.promptLength = promptLength;
        this.reusesCache = reusesCache;
        this.elder = elder;
    }

    public long order() {
        return order;
    }

    /** Its turn: those of a lower round go first and are preempted last. */
    long round() {
        return round;
    }

    void joins(long itsRound) {
        round = itsRound;
    }

    public int length() {
        return length;
    }

    public int promptLength() {
        return promptLength;
    }

    public int generated() {
        return length - promptLength;
    }

    public int token(int index) {
        return tokens[index];
    }

    /** Tokens [from, to). */
    public int[] tokens(int from, int to) {
        return Arrays.copyOfRange(tokens, from, to);
    }

    /** Tokens that the cache holds. */
    public int computed() {
        return computed;
    }

    /** Tokens to read before the next can be chosen. */
    public int pending() {
        return length - computed;
    }

    /** Blocks in the order of their tokens, only as many as cover the first {@code upTo}. */
    public int[] blockTable(int upTo, int blockTokens) {
        return Arrays.copyOf(blocks, blocksFor(upTo, blockTokens));
    }

    /** Prompt tokens that were in the cache when it was first admitted; -1 before that. */
    public int cachedTokens() {
        return cachedTokens;
    }

    /** Lengthens it by a chosen token. */
    public void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, length + Math.max(64, length / 2));
        }
        tokens[length++] = token;
    }

    /** Spares it its steps for now; it keeps its place and its blocks. */
    public void pause(boolean spared) {
        paused = spared;
    }

    boolean isPaused() {
        return paused;
    }

    static int blocksFor(int tokens, int blockTokens) {
        return (tokens + blockTokens - 1) / blockTokens;
    }

    boolean reusesCache() {
        return reusesCache;
    }

    /** Whether its prompt is being read by another one, whose blocks it will then share. */
    boolean waitsForElder() {
        return elder != null && !elder.ended && elder.computed < elder.promptLength;
    }

    int blockCount() {
        return blockCount;
    }

    int block(int index) {
        return blocks[index];
    }

    /** Whether each of its blocks is the neighbour of the one before. */
    boolean liesTogether() {
        return liesTogether;
    }

    void addBlock(int block) {
        liesTogether = blockCount == 0 || liesTogether && block == blocks[blockCount - 1] + 1;
        if (blockCount == blocks.length) {
            blocks = Arrays.copyOf(blocks, blockCount * 2);
        }
        blocks[blockCount++] = block;
    }

    void dropBlocks() {
        blockCount = 0;
        computed = 0;
    }

    void admitted(int cached) {
        computed = cached;
        if (cachedTokens < 0) {
            cachedTokens = Math.min(cached, promptLength);
        }
    }

    void advance(int count) {
        computed += count;
    }

    BlockKey key(int index, int blockTokens) {
        for (int i = keys.size(); i <= index; i++) {
            BlockKey previous = i == 0 ? null : keys.get(i - 1);
            keys.add(BlockKey.after(previous, tokens, i * blockTokens, (i + 1) * blockTokens));
        }
        return keys.get(index);
    }

    void end() {
        ended = true;
    }
}
