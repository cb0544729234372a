package io.mendel.merge;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Exact order statistics of numbers that are spread over all tensors of a model, without sorting or keeping them.
 *
 * <p>
 * Numbers come as {@link FloatOrder} keys in several series. One pass counts the upper 16 bits of all keys, which tells
 * the cell of every wanted rank; a second pass counts the lower 16 bits inside those cells. Counts are integers, so the
 * result does not depend on the order in which threads add them. O(n) whatever the number of ranks; half a megabyte of
 * counters for each series, cell and thread.
 */
final class RankSelection {

    private static final int CELLS = 1 << 16;

    private final GlobalInputs inputs;
    private final Stream stream;

    private RankSelection(GlobalInputs inputs, Stream stream) {
        this.inputs = inputs;
        this.stream = stream;
    }

    /** Yields the keys of one tensor. */
    @FunctionalInterface
    interface Stream {
        void forEachBlock(int tensor, Pass pass);
    }

    /** Receives keys. */
    @FunctionalInterface
    interface Pass {
        /** The first {@code count} keys belong to elements of a series. */
        void block(int series, int[] keys, int count);
    }

    /**
     * A wanted number.
     *
     * @param series which series
     * @param rank how many numbers come before it in ascending order, below the length of the series
     */
    record Rank(int series, long rank) {}

    /**
     * A found number.
     *
     * @param key the number
     * @param below how many numbers of the series are smaller
     * @param equal how many are equal
     */
    record Found(int key, long below, long equal) {
        float value() {
            return FloatOrder.value(key);
        }
    }

    private record Cell(int series, int upper) {}

    /** Finds all ranks, in the order in which they are given. */
    static List<Found> select(GlobalInputs inputs, Stream stream, int series, List<Rank> ranks) {
        return new RankSelection(inputs, stream).find(series, ranks);
    }

    private List<Found> find(int series, List<Rank> ranks) {
        var upper = new long[series][CELLS];
        inputs.forEachTensor(tensor -> {
            var own = new long[series][CELLS];
            stream.forEachBlock(tensor, (s, keys, count) -> {
                for (int i = 0; i < count; i++) {
                    own[s][keys[i] >>> 16]++;
                }
            });
            add(own, upper);
        });
        Map<Cell, Integer> slots = new LinkedHashMap<>();
        var slotOfCell = new int[series][];
        for (Rank rank : ranks) {
            Place place = Place.of(upper[rank.series], rank.rank);
            slots.putIfAbsent(new Cell(rank.series, place.cell), slots.size());
        }
        slots.forEach((cell, slot) -> {
            if (slotOfCell[cell.series] == null) {
                slotOfCell[cell.series] = new int[CELLS];
            }
            slotOfCell[cell.series][cell.upper] = slot + 1;
        });
        var lower = new long[slots.size()][CELLS];
        inputs.forEachTensor(tensor -> {
            var own = new long[slots.size()][CELLS];
            stream.forEachBlock(tensor, (s, keys, count) -> {
                int[] slotOf = slotOfCell[s];
                for (int i = 0; slotOf != null && i < count; i++) {
                    int slot = slotOf[keys[i] >>> 16];
                    if (slot > 0) {
                        own[slot - 1][keys[i] & 0xffff]++;
                    }
                }
            });
            add(own, lower);
        });
        return ranks.stream().map(rank -> {
            Place place = Place.of(upper[rank.series], rank.rank);
            Integer slot = slots.getOrDefault(new Cell(rank.series, place.cell), 0);
            Place inner = Place.of(lower[slot], rank.rank - place.before);
            return new Found(place.cell << 16 | inner.cell, place.before + inner.before,
                    lower[slot][inner.cell]);
        }).toList();
    }

    private static void add(long[][] own, long[][] total) {
        synchronized (total) {
            for (int s = 0; s < total.length; s++) {
                for (int cell = 0; cell < CELLS; cell++) {
                    total[s][cell] += own[s][cell];
                }
            }
        }
    }

    /** The cell in which a rank lies, and how many numbers are in the cells before. */
    private record Place(int cell, long before) {
        static Place of(long[] counts, long rank) {
            long before = 0;
            int cell = 0;
            while (before + counts[cell] <= rank) {
                before += counts[cell++];
            }
            return new Place(cell, before);
        }
    }
}
