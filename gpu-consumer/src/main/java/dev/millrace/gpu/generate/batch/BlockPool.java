package dev.millrace.gpu.generate.batch;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cache's blocks. A block is in use while somebody holds it; a full one that nobody holds any more stays findable
 * by its key until its room is needed, the longest unused one going first. Blocks taken for one sequence are
 * neighbours where that can be had: a device reads those in place.
 */
final class BlockPool {

    private final int[] holders;
    private final @Nullable BlockKey[] keys;
    private final Map<BlockKey, Integer> byKey = new HashMap<>();
    private final BitSet blank = new BitSet();
    private final LinkedHashSet<Integer> idle = new LinkedHashSet<>();
    private long evictions;

    BlockPool(int blocks) {
        if (blocks < 1) {
            throw new IllegalArgumentException("a pool needs at least one block");
        }
        holders = new int[blocks];
        keys = new BlockKey[blocks];
        blank.set(0, blocks);
    }

    int total() {
        return holders.length;
    }

    /** Blocks that can be taken now; those that only the cache remembers are among them. */
    int free() {
        return blank.cardinality() + idle.size();
    }

    long evictions() {
        return evictions;
    }

    int holders(int block) {
        return holders[block];
    }

    /**
     * Takes blocks for writing, forgetting remembered ones if it must.
     *
     * @param after the block that they continue, or -1
     */
    int[] take(int count, int after) {
        if (count > free()) {
            throw new IllegalStateException(count + " blocks wanted, " + free() + " are free");
        }
        int[] taken = new int[count];
        int got = 0;
        for (int next = after + 1; after >= 0 && got < count && blank.get(next); next++) {
            taken[got++] = takeBlank(next);
        }
        while (got < count && !blank.isEmpty()) {
            got = takeFromLongestRun(taken, got);
        }
        int evicted = got;
        while (got < count) {
            taken[got++] = takeBlank(forgetOldest());
        }
        Arrays.sort(taken, evicted, count);
        return taken;
    }

    /** From the middle of the longest run, which leaves room to grow to those before and behind. */
    private int takeFromLongestRun(int[] taken, int got) {
        int start = 0;
        int length = 0;
        for (int from = blank.nextSetBit(0); from >= 0; ) {
            int to = blank.nextClearBit(from);
            if (to - from > length) {
                start = from;
                length = to - from;
            }
            from = blank.nextSetBit(to);
        }
        int count = Math.min(length, taken.length - got);
        int first = length == holders.length ? 0 : start + (length - count) / 2;
        int filled = got;
        for (int block = first; block < first + count; block++) {
            taken[filled++] = takeBlank(block);
        }
        return filled;
    }

    private int takeBlank(int block) {
        blank.clear(block);
        holders[block] = 1;
        return block;
    }

    private int forgetOldest() {
        int block = idle.iterator().next();
        idle.remove(block);
        byKey.remove(keys[block]);
        keys[block] = null;
        evictions++;
        return block;
    }

    /** The block that holds this, now held once more; null where none does. */
    @Nullable
    Integer hold(BlockKey key) {
        Integer block = byKey.get(key);
        if (block != null && holders[block]++ == 0) {
            idle.remove(block);
        }
        return block;
    }

    void release(int block) {
        if (holders[block] < 1) {
            throw new IllegalStateException("block " + block + " is held by nobody");
        }
        if (--holders[block] > 0) {
            return;
        }
        if (keys[block] == null) {
            blank.set(block);
        } else {
            idle.add(block);
        }
    }

    /** Makes a full block findable. Where another one holds the same, that one stays the one that is found. */
    void publish(int block, BlockKey key) {
        if (keys[block] == null && byKey.putIfAbsent(key, block) == null) {
            keys[block] = key;
        }
    }
}
