package io.mendel.merge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds exact order statistics of magnitudes without sorting them.
 *
 * <p>
 * A radix select for many ranks at once. The order of non-negative floats is the order of their bit patterns, so a
 * histogram of the upper 16 of the 31 bits tells in which cell each wanted rank lies; a second pass refines those cells
 * by 8 bits, a third by the last 7, and a fourth finds the flat index where ties are cut, if any have to be. Every pass
 * streams the delta and keeps at most a megabyte. O(n), whatever the number of ranks. A device counts, where there is one.
 *
 * <p>
 * Norms are exact within a cell: all its floats share one exponent, so their mantissas add up as integers. Cells are
 * added from the largest magnitude down, in fp64. The result depends on nothing but the delta.
 */
final class MagnitudeSelection {

    private static final int MIDDLE_BITS = 8;
    private static final int LOWER_BITS = 7;
    private static final int PIECE_SHIFT = 14;
    private static final int MOST_PIECES = 1 << 14;
    private static final int INFINITY_BITS = 0x7f80_0000;

    private final OrderedBits magnitudes;
    private final @Nullable MagnitudeCounter counter;
    private final Rank[] ranks;

    /** A wanted rank on its way to a threshold. */
    private static final class Rank {
        private final long wanted;
        private long above;
        private double norm;
        private int cell;
        private long cut = -1;

        Rank(long wanted) {
            this.wanted = wanted;
        }
    }

    private MagnitudeSelection(OrderedBits magnitudes, Rank[] ranks) {
        this.magnitudes = magnitudes;
        this.counter = magnitudes.counter();
        this.ranks = ranks;
    }

    /**
     * The trims that keep these numbers of elements.
     *
     * @param kept numbers of elements, 0 to n each, in any order
     */
    static Trim[] select(OrderedBits magnitudes, long[] kept) {
        Rank[] ranks = Arrays.stream(kept)
                .filter(k -> k > 0)
                .mapToObj(Rank::new)
                .toArray(Rank[]::new);
        if (ranks.length > 0) {
            new MagnitudeSelection(magnitudes, ranks).run();
        }
        var trims = new Trim[kept.length];
        int next = 0;
        for (int i = 0; i < kept.length; i++) {
            trims[i] = kept[i] == 0
                    ? Trim.NOTHING
                    : new Trim(ranks[next].cell, ranks[next].cut, ranks[next++].norm);
        }
        return trims;
    }

    private void run() {
        int lower = MIDDLE_BITS + LOWER_BITS;
        int[] none = {};
        Histogram upper = new Histogram(1, 31 - lower, lower);
        if (!upper.count(counter, 0, none, none)) {
            magnitudes.forEachBlock((bits, count, first) -> {
                for (int i = 0; i < count; i++) {
                    upper.add(bits[i] >>> lower, bits[i]);
                }
            });
        }
        int[] upperSlot = descend(upper);

        Histogram middle = new Histogram(slots(upperSlot), MIDDLE_BITS, LOWER_BITS);
        middle.nameSlots(upper, upperSlot);
        if (!middle.count(counter, 1, upperSlot, none)) {
            magnitudes.forEachBlock((bits, count, first) -> {
                for (int i = 0; i < count; i++) {
                    int slot = upperSlot[bits[i] >>> lower];
                    if (slot >= 0) {
                        middle.add(slot << MIDDLE_BITS | (bits[i] >>> LOWER_BITS & 0xff), bits[i]);
                    }
                }
            });
        }
        int[] middleSlot = descend(middle);

        Histogram last = new Histogram(slots(middleSlot), LOWER_BITS, 0);
        last.nameSlots(middle, middleSlot);
        if (!last.count(counter, 2, upperSlot, middleSlot)) {
            magnitudes.forEachBlock((bits, count, first) -> {
                for (int i = 0; i < count; i++) {
                    int cell = lastCell(bits[i], upperSlot, middleSlot);
                    if (cell >= 0) {
                        last.add(cell, bits[i]);
                    }
                }
            });
        }
        descend(last);
        cutTies(last, upperSlot, middleSlot);
    }

    private static int lastCell(int bits, int[] upperSlot, int[] middleSlot) {
        int slot = upperSlot[bits >>> (MIDDLE_BITS + LOWER_BITS)];
        if (slot < 0) {
            return -1;
        }
        slot = middleSlot[slot << MIDDLE_BITS | (bits >>> LOWER_BITS & 0xff)];
        return slot < 0 ? -1 : slot << LOWER_BITS | (bits & 0x7f);
    }

    private static int slots(int[] slotOfCell) {
        return Arrays.stream(slotOfCell).max().orElse(-1) + 1;
    }

    /** Counts and mantissa sums of the cells of some slots; {@code shift} bits are left below each cell. */
    private static final class Histogram {
        private final int cellsPerSlot;
        private final int digits;
        private final int shift;
        private final int mask;
        private final long[] counts;
        private final long[] lowSums;
        private final int[] pattern;

        Histogram(int slots, int digits, int shift) {
            this.digits = digits;
            this.cellsPerSlot = 1 << digits;
            this.shift = shift;
            this.mask = (1 << shift) - 1;
            this.counts = new long[slots * cellsPerSlot];
            this.lowSums = new long[shift == 0 ? 0 : counts.length];
            this.pattern = new int[slots];
        }

        void add(int cell, int bits) {
            counts[cell]++;
            if (shift > 0) {
                lowSums[cell] += bits & mask;
            }
        }

        /** Lets a device count, if there is one. */
        boolean count(@Nullable MagnitudeCounter counter, int level, int[] upperSlot,
                int[] middleSlot) {
            MagnitudeCounter.Counts known = counter == null
                    ? null
                    : counter.count(level, counts.length, upperSlot, middleSlot);
            if (known == null) {
                return false;
            }
            System.arraycopy(known.counts(), 0, counts, 0, counts.length);
            System.arraycopy(known.lowSums(), 0, lowSums, 0, lowSums.length);
            return true;
        }

        /** Notes which cell of the level above became which slot. */
        void nameSlots(Histogram above, int[] slotOfCell) {
            for (int cell = 0; cell < slotOfCell.length; cell++) {
                if (slotOfCell[cell] >= 0) {
                    pattern[slotOfCell[cell]] = above.smallest(cell);
                }
            }
        }

        /** The smallest pattern of a cell. */
        int smallest(int cell) {
            return pattern[cell >>> digits] | (cell & (cellsPerSlot - 1)) << shift;
        }

        /** The L1 norm of a cell that is not empty. */
        double norm(int cell) {
            int bits = smallest(cell);
            if (bits >= INFINITY_BITS) {
                return Double.POSITIVE_INFINITY;
            }
            float value = Float.intBitsToFloat(bits);
            long low = shift == 0 ? 0 : lowSums[cell];
            return counts[cell] * (double) value + low * (double) Math.ulp(value);
        }
    }

    /** Moves every rank into its cell, the largest magnitudes first, and gives each cell with ranks a new slot. */
    private int[] descend(Histogram histogram) {
        var ranksOfSlot = new TreeMap<Integer, List<Rank>>();
        for (Rank rank : ranks) {
            ranksOfSlot.computeIfAbsent(rank.cell, c -> new ArrayList<>()).add(rank);
        }
        int[] slotOfCell = new int[histogram.counts.length];
        Arrays.fill(slotOfCell, -1);
        int[] slots = {0};
        ranksOfSlot.forEach((slot, inSlot) -> {
            inSlot.sort(Comparator.comparingLong(rank -> rank.wanted));
            long passed = 0;
            double norm = 0;
            int next = 0;
            long above = inSlot.getFirst().above;
            for (int i = histogram.cellsPerSlot - 1; i >= 0 && next < inSlot.size(); i--) {
                int cell = slot << histogram.digits | i;
                long count = histogram.counts[cell];
                while (next < inSlot.size() && inSlot.get(next).wanted <= above + passed + count) {
                    Rank rank = inSlot.get(next++);
                    rank.above += passed;
                    rank.norm += norm;
                    rank.cell = cell;
                    slotOfCell[cell] = 0;
                }
                if (count > 0) {
                    passed += count;
                    norm += histogram.norm(cell);
                }
            }
        });
        for (int cell = 0; cell < slotOfCell.length; cell++) {
            if (slotOfCell[cell] == 0) {
                slotOfCell[cell] = slots[0]++;
            }
        }
        if (histogram.shift > 0) {
            for (Rank rank : ranks) {
                rank.cell = slotOfCell[rank.cell];
            }
        }
        return slotOfCell;
    }

    /** Turns cells into patterns and finds the flat index behind the last tie that each rank keeps. */
    private void cutTies(Histogram last, int[] upperSlot, int[] middleSlot) {
        var open = new TreeMap<Integer, List<Rank>>();
        for (Rank rank : ranks) {
            long ties = rank.wanted - rank.above;
            if (ties == last.counts[rank.cell]) {
                rank.cut = magnitudes.elements();
            } else {
                open.computeIfAbsent(rank.cell, c -> new ArrayList<>()).add(rank);
            }
        }
        if (!open.isEmpty() && !cutWithDevice(last, open, upperSlot, middleSlot)) {
            long[] seen = new long[last.counts.length];
            boolean[] isOpen = new boolean[last.counts.length];
            open.forEach((cell, inCell) -> {
                isOpen[cell] = true;
                inCell.sort(Comparator.comparingLong(rank -> rank.wanted));
            });
            magnitudes.forEachBlock((bits, count, first) -> {
                for (int i = 0; i < count; i++) {
                    int cell = lastCell(bits[i], upperSlot, middleSlot);
                    if (cell >= 0 && isOpen[cell]) {
                        seen[cell]++;
                        cutAt(open.getOrDefault(cell, List.of()), seen[cell], first + i + 1);
                    }
                }
            });
        }
        for (Rank rank : ranks) {
            int bits = last.smallest(rank.cell);
            long ties = rank.wanted - rank.above;
            rank.norm += bits >= INFINITY_BITS
                    ? Double.POSITIVE_INFINITY
                    : ties * (double) Float.intBitsToFloat(bits);
            rank.cell = bits;
        }
    }

    /** A device counts the ties of each piece; only the pieces in which ties are cut are searched here. */
    private boolean cutWithDevice(Histogram last, SortedMap<Integer, List<Rank>> open,
            int[] upperSlot, int[] middleSlot) {
        if (counter == null) {
            return false;
        }
        int[] watched = new int[last.counts.length];
        Arrays.fill(watched, -1);
        int number = 0;
        for (int cell : open.keySet()) {
            watched[cell] = number++;
        }
        int shift = PIECE_SHIFT;
        while (magnitudes.elements() >>> shift > MOST_PIECES) {
            shift++;
        }
        long[][] ties = counter.ties(watched, number, shift, upperSlot, middleSlot);
        if (ties == null) {
            return false;
        }
        for (var entry : open.entrySet()) {
            int cell = entry.getKey();
            for (Rank rank : entry.getValue()) {
                long left = rank.wanted - rank.above;
                int piece = 0;
                while (left > ties[watched[cell]][piece]) {
                    left -= ties[watched[cell]][piece++];
                }
                rank.cut = magnitudes.endOf(last.smallest(cell), left, (long) piece << shift);
            }
        }
        return true;
    }

    private static void cutAt(List<Rank> ranks, long seen, long end) {
        for (Rank rank : ranks) {
            if (rank.wanted - rank.above == seen) {
                rank.cut = end;
            }
        }
    }
}
