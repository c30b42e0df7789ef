package dev.millrace.gpu.generate.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cache's blocks. A block is in use while somebody holds it; a full one that nobody holds any more stays findable
 * by its key until its room is needed, those unused for longest going first. Blocks taken for one sequence are
 * neighbours where that can be had: a device reads those in place.
 */
final class BlockPool {

    private final int[] holders;
    private final @Nullable BlockKey[] keys;
    private final @Nullable BlockKey[] previous;
    private final Map<BlockKey, Integer> byKey = new HashMap<>();

    /** For each key those that follow it: what stands behind a block that is forgotten is found by nobody any more. */
    private final Map<BlockKey, List<BlockKey>> followers = new HashMap<>();

    private final BitSet blank = new BitSet();
    private final LinkedHashSet<Integer> idle = new LinkedHashSet<>();

    /** When each block was let go of, counted in blocks let go of. */
    private final long[] idleSince;

    private final Windows windows;
    private long released;
    private long evictions;

    BlockPool(int blocks) {
        if (blocks < 1) {
            throw new IllegalArgumentException("a pool needs at least one block");
        }
        holders = new int[blocks];
        keys = new BlockKey[blocks];
        previous = new BlockKey[blocks];
        idleSince = new long[blocks];
        windows = new Windows(blocks);
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
        if (after >= 0) {
            for (int next = after + 1; got < count && next < holders.length && isBlankOrOld(next); next++) {
                taken[got++] = take(next);
            }
        }
        int window = got < count ? windows.find(count - got, this::ageOf) : -1;
        for (int block = window; window >= 0 && got < count; block++) {
            taken[got++] = take(block);
        }
        while (got < count) {
            taken[got++] = take(blank.isEmpty() ? idle.iterator().next() : blank.nextSetBit(0));
        }
        return taken;
    }

    private long ageOf(int block) {
        return holders[block] > 0 ? Windows.HELD : blank.get(block) ? Windows.BLANK : released - idleSince[block];
    }

    private boolean isBlankOrOld(int block) {
        return blank.get(block) || holders[block] == 0 && isOld(block);
    }

    /** Whether a block was let go of so long ago that it would have to go soon. */
    private boolean isOld(int block) {
        long oldest = idleSince[idle.iterator().next()];
        return idleSince[block] - oldest <= (released - oldest) / 2;
    }

    private int take(int block) {
        if (!blank.get(block)) {
            forget(block);
            evictions++;
        }
        blank.clear(block);
        holders[block] = 1;
        return block;
    }

    /** Forgets what an idle block holds, and what stands behind it. */
    private void forget(int first) {
        Deque<Integer> open = new ArrayDeque<>(List.of(first));
        while (!open.isEmpty()) {
            int block = open.removeLast();
            BlockKey key = keys[block];
            idle.remove(block);
            byKey.remove(key);
            keys[block] = null;
            blank.set(block);
            unlink(key, previous[block]);
            for (BlockKey follower : orNone(followers.remove(key))) {
                Integer next = byKey.get(follower);
                if (next != null && holders[next] == 0) {
                    open.add(next);
                }
            }
        }
    }

    private void unlink(@Nullable BlockKey key, @Nullable BlockKey from) {
        List<BlockKey> beside = orNone(followers.get(from));
        beside.remove(key);
        if (beside.isEmpty()) {
            followers.remove(from);
        }
    }

    private static List<BlockKey> orNone(@Nullable List<BlockKey> keys) {
        return keys == null ? new ArrayList<>(0) : keys;
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
            idleSince[block] = ++released;
        }
    }

    /**
     * Makes a full block findable. Where another one holds the same, that one stays the one that is found.
     *
     * @param before what stands in front of it, null at the beginning
     */
    void publish(int block, BlockKey key, @Nullable BlockKey before) {
        if (keys[block] == null && byKey.putIfAbsent(key, block) == null) {
            keys[block] = key;
            previous[block] = before;
            if (before != null) {
                followers.computeIfAbsent(before, any -> new ArrayList<>(1)).add(key);
            }
        }
    }
}
