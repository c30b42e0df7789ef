package dev.millrace.gpu.generate.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * In which order a step's spans are laid out, and how those of one token attend, which come first: of these those that
 * share a beginning with others, then those that read their contexts where they lie, then the others. Where the others are
 * to attend in groups, the longest come first, and a group is cut where padding would double it, or where its copied
 * contexts would be more than the cache holds.
 *
 * @param order which span comes where
 * @param singles spans of one token
 * @param beginnings of the first spans, one after the other
 * @param placed how many of the first spans read their contexts where they lie
 * @param groups how many of the spans after these each group takes
 */
record Arrangement(int[] order, int singles, List<Beginning> beginnings, int placed, List<Integer> groups) {

    /** Contexts so short that their padding costs less than a call. */
    private static final int SHORT_BLOCKS = 8;

    /** Neighbours whose contexts begin with the same blocks; a single one where its own do not lie together. */
    record Beginning(int count, int blocks) {}

    static Arrangement of(Span[] spans, EngineShape shape, Attending attending) {
        int[] singles = IntStream.range(0, spans.length)
                .filter(i -> spans[i].tokens().length == 1)
                .toArray();
        return new Arranging(spans, shape, attending, singles).arrange();
    }

    /** How many of the first spans share a beginning. */
    int begun() {
        return beginnings.stream().mapToInt(Beginning::count).sum();
    }

    /** Of each span, how many blocks its beginning takes. */
    int[] begunBlocks(int spans) {
        int[] blocks = new int[spans];
        int at = 0;
        for (Beginning beginning : beginnings) {
            for (int i = 0; i < beginning.count(); i++) {
                blocks[order[at++]] = beginning.blocks();
            }
        }
        return blocks;
    }

    /** Blocks of the longest context that is read where it lies, without its beginning. */
    int longestPlaced(Span[] spans, EngineShape shape) {
        int[] begun = begunBlocks(spans.length);
        return Arrays.stream(order, 0, placed)
                .map(i -> spans[i].blocksUsed(shape.blockTokens()) - begun[i])
                .max()
                .orElse(0);
    }

    /** The same with the last one of them once more, as often as it takes, of spans of one token only. */
    Arrangement filledUp(int rows) {
        int[] filled = Arrays.copyOf(order, rows);
        Arrays.fill(filled, order.length, rows, order[order.length - 1]);
        List<Beginning> more = new ArrayList<>(beginnings);
        if (begun() == order.length) {
            Beginning last = more.remove(more.size() - 1);
            more.add(new Beginning(last.count() + rows - order.length, last.blocks()));
        }
        int inPlace = placed == order.length ? rows : placed;
        return new Arrangement(filled, rows, more, inPlace, groups);
    }

    private static final class Arranging {

        private final Span[] spans;
        private final EngineShape shape;
        private final Attending attending;
        private final int[] singles;
        private final boolean[] seated;
        private final List<Integer> order = new ArrayList<>();
        private final List<Beginning> beginnings = new ArrayList<>();

        Arranging(Span[] spans, EngineShape shape, Attending attending, int[] singles) {
            this.spans = spans;
            this.shape = shape;
            this.attending = attending;
            this.singles = singles;
            this.seated = new boolean[spans.length];
        }

        Arrangement arrange() {
            if (attending != Attending.GROUPED) {
                seatThoseThatShare();
            }
            if (attending == Attending.IN_PLACE) {
                seatThoseInTwoPieces();
                seat(rest().filter(i -> spans[i].liesTogether(0, shape.blockTokens())));
            }
            int placed = attending == Attending.IN_PLACE ? order.size() : 0;
            int inOneCall = order.size();
            seat(rest());
            List<Integer> groups = attending == Attending.ALONE ? List.of() : groups(inOneCall);
            for (int i = 0; i < spans.length; i++) {
                if (spans[i].tokens().length > 1) {
                    order.add(i);
                }
            }
            int[] all = order.stream().mapToInt(i -> i).toArray();
            return new Arrangement(all, singles.length, List.copyOf(beginnings), placed, groups);
        }

        /** Not yet seated, longest first where several attend in one call. */
        private IntStream rest() {
            IntStream rest = Arrays.stream(singles).filter(i -> !seated[i]);
            return attending == Attending.ALONE
                    ? rest
                    : rest.boxed()
                            .sorted(Comparator.comparing((Integer i) -> spans[i].end())
                                    .reversed())
                            .mapToInt(i -> i);
        }

        private int seat(IntStream some) {
            int before = order.size();
            for (int i : some.toArray()) {
                order.add(i);
                seated[i] = true;
            }
            return order.size() - before;
        }

        private void seatThoseThatShare() {
            for (Beginnings.Shared shared : Beginnings.of(spans, singles, shape.blockTokens())) {
                IntStream members = Arrays.stream(shared.members());
                if (attending == Attending.IN_PLACE) {
                    members = members.filter(i -> liesInTwo(spans[i], shared.blocks()));
                }
                int count = seat(members);
                if (count > 0) {
                    beginnings.add(new Beginning(count, shared.blocks()));
                }
            }
        }

        private void seatThoseInTwoPieces() {
            for (int i : rest().toArray()) {
                int first = spans[i].firstPiece(shape.blockTokens());
                if (first * shape.blockTokens() <= spans[i].start() && liesInTwo(spans[i], first)) {
                    seat(IntStream.of(i));
                    beginnings.add(new Beginning(1, first));
                }
            }
        }

        private boolean liesInTwo(Span span, int first) {
            return span.firstPiece(shape.blockTokens()) >= first && span.liesTogether(first, shape.blockTokens());
        }

        private List<Integer> groups(int first) {
            List<Integer> groups = new ArrayList<>();
            int from = first;
            for (int i = first + 1; i <= singles.length; i++) {
                int longest = spans[order.get(from)].blocksUsed(shape.blockTokens());
                boolean ends = i == singles.length
                        || (long) longest * (i + 1 - from) > shape.blocks()
                        || (longest > SHORT_BLOCKS
                                && spans[order.get(i)].blocksUsed(shape.blockTokens()) * 2 < longest);
                if (ends) {
                    groups.add(i - from);
                    from = i;
                }
            }
            return groups;
        }
    }
}
