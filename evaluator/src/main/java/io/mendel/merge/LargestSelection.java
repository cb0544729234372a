package io.mendel.merge;

import io.mendel.checkpoint.Tensor;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Finds the threshold that keeps a given number of the largest magnitudes of a delta, exactly and without sorting.
 *
 * <p>
 * A radix select for one rank: a histogram of the upper 16 of the 31 bits of the magnitudes, then one of the lower 15
 * bits of those in the cell with the rank. Where some of several equal magnitudes are dropped, a third pass counts them
 * piece by piece, and the piece with the last one that is kept is searched. All threads share each pass; histograms are
 * added up, so that the result depends on the delta only. {@link MagnitudeSelection} finds many ranks at once.
 */
final class LargestSelection {

    private static final int LOWER_BITS = 15;
    private static final int UPPER_CELLS = 1 << 16;
    private static final int LOWER_CELLS = 1 << LOWER_BITS;
    /** Where what is in no cell is counted: several places, lest one addition waits for the other. */
    private static final int REST = 8;
    private static final int PIECE = 1 << 18;
    private static final int BLOCK = 1 << 13;
    private static final int SMALL = 1 << 18;
    private static final int[] SMALL_DIGITS = {11, 10, 10};

    private final Tensor base;
    private final Tensor model;
    private final MergeKernels kernels;
    private final Workers workers;
    private final long elements;

    private LargestSelection(Tensor base, Tensor model, MergeKernels kernels, Workers workers) {
        this.base = base;
        this.model = model;
        this.kernels = kernels;
        this.workers = workers;
        this.elements = base.info().elements();
    }

    /** What keeps the {@code kept} largest magnitudes, 0 to n; of equal ones those with the smaller index. */
    static Keep.Largest select(Tensor base, Tensor model, long kept, MergeKernels kernels,
            Workers workers) {
        if (kept == 0) {
            return new Keep.Largest(Trim.NOTHING.bits(), Trim.NOTHING.cut());
        }
        var magnitudes = new Magnitudes(base, model, kernels);
        if (magnitudes.counter() != null) {
            return MagnitudeSelection.select(magnitudes, new long[]{kept})[0].keep();
        }
        var selection = new LargestSelection(base, model, kernels, workers);
        return selection.elements <= SMALL ? selection.selectSmall(kept) : selection.select(kept);
    }

    /** Three digits of few cells each, on magnitudes that are computed once: large histograms cost more than these. */
    private Keep.Largest selectSmall(long kept) {
        int[] bits = new int[(int) elements];
        magnitudes(0, bits.length, bits);
        long wanted = kept;
        int prefix = 0;
        int above = 31;
        int[] cells = new int[1 << SMALL_DIGITS[0]];
        for (int digits : SMALL_DIGITS) {
            int shift = above - digits;
            Arrays.fill(cells, 0);
            for (int value : bits) {
                if (value >>> above == prefix) {
                    cells[value >>> shift & ((1 << digits) - 1)]++;
                }
            }
            int cell = (1 << digits) - 1;
            while (wanted > cells[cell]) {
                wanted -= cells[cell--];
            }
            prefix = prefix << digits | cell;
            above = shift;
            if (shift == 0 && wanted == cells[cell]) {
                return new Keep.Largest(prefix, elements);
            }
        }
        int end = 0;
        while (wanted > 0) {
            wanted -= bits[end++] == prefix ? 1 : 0;
        }
        return new Keep.Largest(prefix, end);
    }

    private Keep.Largest select(long kept) {
        long[] upper = count(UPPER_CELLS, (bits, count, cells) -> {
            for (int i = 0; i < count; i++) {
                cells[bits[i] >>> LOWER_BITS]++;
            }
        });
        int cell = UPPER_CELLS - 1;
        long wanted = kept;
        while (wanted > upper[cell]) {
            wanted -= upper[cell--];
        }
        int wantedCell = cell;
        long[] lower = count(LOWER_CELLS + REST, (bits, count, cells) -> {
            for (int i = 0; i < count; i++) {
                int value = bits[i];
                cells[value >>> LOWER_BITS == wantedCell
                        ? value & (LOWER_CELLS - 1)
                        : LOWER_CELLS + (i & (REST - 1))]++;
            }
        });
        int digit = LOWER_CELLS - 1;
        while (wanted > lower[digit]) {
            wanted -= lower[digit--];
        }
        int threshold = cell << LOWER_BITS | digit;
        return new Keep.Largest(threshold,
                wanted == lower[digit] ? elements : endOfTie(threshold, wanted));
    }

    /** Counts a block of magnitudes. */
    private interface Count {
        void block(int[] bits, int count, int[] cells);
    }

    /** The counts of one thread at a time; ints, because they take half of the cache. */
    private static final class Histogram {
        private final int[] bits = new int[BLOCK];
        private final int[] cells;
        private final long[] totals;
        private int pieces;

        Histogram(int cells) {
            this.cells = new int[cells];
            this.totals = new long[cells];
        }

        /** Moves the counts to the totals before an int can overflow. */
        void endPiece() {
            if (++pieces % (Integer.MAX_VALUE / PIECE) == 0) {
                settle();
            }
        }

        void settle() {
            for (int i = 0; i < cells.length; i++) {
                totals[i] += cells[i];
                cells[i] = 0;
            }
        }
    }

    private long[] count(int cells, Count count) {
        var idle = new ConcurrentLinkedQueue<Histogram>();
        workers.forEach(pieces(), piece -> {
            Histogram known = idle.poll();
            Histogram histogram = known == null ? new Histogram(cells) : known;
            long end = Math.min(elements, (piece + 1) * PIECE);
            for (long from = piece * PIECE; from < end; from += BLOCK) {
                int length = (int) Math.min(BLOCK, end - from);
                magnitudes(from, length, histogram.bits);
                count.block(histogram.bits, length, histogram.cells);
            }
            histogram.endPiece();
            idle.add(histogram);
        });
        long[] totals = new long[cells];
        for (Histogram histogram : idle) {
            histogram.settle();
            for (int i = 0; i < cells; i++) {
                totals[i] += histogram.totals[i];
            }
        }
        return totals;
    }

    /** The flat index behind the {@code wanted}th magnitude that equals the threshold. */
    private long endOfTie(int threshold, long wanted) {
        long[] ties = new long[Math.toIntExact(pieces())];
        workers.forEach(pieces(), piece -> {
            int[] bits = new int[BLOCK];
            long end = Math.min(elements, (piece + 1) * PIECE);
            long found = 0;
            for (long from = piece * PIECE; from < end; from += BLOCK) {
                int length = (int) Math.min(BLOCK, end - from);
                magnitudes(from, length, bits);
                int equal = 0;
                for (int i = 0; i < length; i++) {
                    equal += bits[i] == threshold ? 1 : 0;
                }
                found += equal;
            }
            ties[(int) piece] = found;
        });
        int piece = 0;
        long left = wanted;
        while (left > ties[piece]) {
            left -= ties[piece++];
        }
        int[] bits = new int[BLOCK];
        for (long from = (long) piece * PIECE;; from += BLOCK) {
            int length = (int) Math.min(BLOCK, elements - from);
            magnitudes(from, length, bits);
            for (int i = 0; i < length; i++) {
                if (bits[i] == threshold && --left == 0) {
                    return from + i + 1;
                }
            }
        }
    }

    private long pieces() {
        return (elements + PIECE - 1) / PIECE;
    }

    private void magnitudes(long from, int count, int[] bits) {
        kernels.magnitudes(TensorElements.of(base, from, count),
                TensorElements.of(model, from, count), bits);
    }
}
