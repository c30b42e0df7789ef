package dev.millrace.gpu.generate.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockPoolTest {

    private static BlockKey key(int... tokens) {
        return BlockKey.after(null, tokens, 0, tokens.length);
    }

    @Test
    void keysDependOnAllThatStandsInFront() {
        int[] tokens = {1, 2, 3, 4};
        assertThat(BlockKey.after(key(1, 2), tokens, 2, 4)).isEqualTo(BlockKey.after(key(1, 2), tokens, 2, 4));
        assertThat(BlockKey.after(key(1, 2), tokens, 2, 4)).isNotEqualTo(BlockKey.after(key(2, 1), tokens, 2, 4));
        assertThat(BlockKey.after(null, tokens, 2, 4)).isNotEqualTo(BlockKey.after(key(1, 2), tokens, 2, 4));
    }

    @Test
    void aReleasedBlockIsFoundAgainUntilItsRoomIsNeeded() {
        BlockPool pool = new BlockPool(3);
        int[] blocks = pool.take(2, -1);
        pool.publish(blocks[0], key(1), null);
        pool.publish(blocks[1], key(2), null);
        pool.release(blocks[1]);
        pool.release(blocks[0]);
        assertThat(pool.free()).isEqualTo(3);
        assertThat(pool.hold(key(1))).isEqualTo(blocks[0]);
        pool.release(blocks[0]);

        pool.take(2, -1);

        assertThat(pool.evictions()).isEqualTo(1);
        assertThat(pool.hold(key(2))).as("unused for longest").isNull();
        assertThat(pool.hold(key(1))).isEqualTo(blocks[0]);
        assertThat(pool.free()).isZero();
        assertThatThrownBy(() -> pool.take(1, -1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aBlockHeldTwiceIsFreeAfterTwoReleases() {
        BlockPool pool = new BlockPool(1);
        int block = pool.take(1, -1)[0];
        pool.publish(block, key(7), null);
        pool.hold(key(7));
        pool.release(block);
        assertThat(pool.free()).isZero();
        pool.release(block);
        assertThat(pool.free()).isEqualTo(1);
        assertThatThrownBy(() -> pool.release(block)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theSameContentIsPublishedOnce() {
        BlockPool pool = new BlockPool(2);
        int[] blocks = pool.take(2, -1);
        pool.publish(blocks[0], key(1), null);
        pool.publish(blocks[1], key(1), null);
        pool.release(blocks[1]);
        assertThat(pool.hold(key(1))).isEqualTo(blocks[0]);
    }

    @Test
    void blocksOfOneSequenceAreNeighboursAndLeaveRoomToGrow() {
        BlockPool pool = new BlockPool(100);
        int[] first = pool.take(4, -1);
        int[] second = pool.take(4, -1);
        assertThat(first).containsExactly(0, 1, 2, 3);
        assertThat(second[3]).isEqualTo(second[0] + 3);
        assertThat(pool.take(2, first[3])).containsExactly(4, 5);
        assertThat(pool.take(1, second[3])).containsExactly(second[3] + 1);
    }

    /** Fills a pool with remembered sequences of so many blocks each, the first the longest unused. */
    private static BlockPool remembering(int sequences, int blocksEach) {
        BlockPool pool = new BlockPool(sequences * blocksEach);
        int[][] taken = new int[sequences][];
        for (int i = 0; i < sequences; i++) {
            taken[i] = pool.take(blocksEach, i == 0 ? -1 : taken[i - 1][blocksEach - 1]);
            for (int block = 0; block < blocksEach; block++) {
                pool.publish(taken[i][block], key(i, block), block == 0 ? null : key(i, block - 1));
            }
        }
        for (int[] blocks : taken) {
            for (int block = blocksEach - 1; block >= 0; block--) {
                pool.release(blocks[block]);
            }
        }
        return pool;
    }

    @Test
    void whatIsTakenFromAFullCacheLiesTogetherAndIsTheOldest() {
        BlockPool pool = remembering(10, 20);
        int[] taken = pool.take(15, -1);
        assertThat(taken).isEqualTo(IntStream.range(taken[0], taken[0] + 15).toArray());
        assertThat(taken[14]).as("of the two oldest").isLessThan(40);
        assertThat(pool.hold(key(9, 19))).as("of the youngest").isNotNull();
    }

    @Test
    void whoGrowsGetsTheNeighbourThoughOthersAreOlder() {
        BlockPool pool = remembering(10, 20);
        assertThat(pool.hold(key(1, 0))).isEqualTo(20);
        for (int block = 1; block < 20; block++) {
            pool.hold(key(1, block));
        }
        assertThat(pool.take(2, 39)).containsExactly(40, 41);
        assertThat(pool.hold(key(0, 19))).as("older than those").isNotNull();
    }

    @Test
    void whatWasJustUsedIsKeptThoughItIsTheNeighbour() {
        BlockPool pool = remembering(10, 20);
        for (int block = 0; block < 20; block++) {
            pool.hold(key(8, block));
        }
        int other = pool.take(1, 179)[0];
        assertThat(other).isLessThan(100);
        assertThat(pool.hold(key(9, 0))).isNotNull();
    }

    @Test
    void whatStandsBehindAForgottenBlockGoesWithIt() {
        BlockPool pool = remembering(10, 20);
        int before = pool.free();
        for (int block = 0; block < 20; block++) {
            pool.hold(key(0, block));
        }
        pool.take(1, 19);
        assertThat(pool.hold(key(1, 0))).as("its room was needed").isNull();
        assertThat(pool.hold(key(1, 19))).as("nobody could find a use for it").isNull();
        assertThat(pool.free()).isEqualTo(before - 21);
        assertThat(pool.take(19, 20))
                .as("and its room is there to grow")
                .containsExactly(IntStream.range(21, 40).toArray());
    }

    @Test
    void randomUseKeepsTheBooksStraight() {
        Random random = new Random(1);
        BlockPool pool = new BlockPool(17);
        List<Integer> held = new ArrayList<>();
        Map<Integer, Integer> expected = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            int choice = random.nextInt(4);
            if (choice == 0 && pool.free() > 0) {
                for (int block : pool.take(1 + random.nextInt(pool.free()), random.nextInt(18) - 1)) {
                    assertThat(expected.merge(block, 1, Integer::sum)).isEqualTo(1);
                    held.add(block);
                }
            } else if (choice == 1) {
                Integer block = pool.hold(key(random.nextInt(40)));
                if (block != null) {
                    expected.merge(block, 1, Integer::sum);
                    held.add(block);
                }
            } else if (choice == 2 && !held.isEmpty()) {
                pool.publish(held.get(random.nextInt(held.size())), key(random.nextInt(40)), null);
            } else if (!held.isEmpty()) {
                Integer block = held.remove(random.nextInt(held.size()));
                pool.release(block);
                expected.computeIfPresent(block, (b, n) -> n == 1 ? null : n - 1);
            }
            assertThat(pool.free()).isEqualTo(17 - expected.size());
        }
        expected.forEach((block, holders) -> assertThat(pool.holders(block)).isEqualTo(holders));
        assertThat(pool.evictions()).isPositive();
    }
}
