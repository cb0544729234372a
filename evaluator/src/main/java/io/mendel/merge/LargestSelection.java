package io.mendel.merge;

import io.mendel.checkpoint.Tensor;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Finds the threshold that keeps a given number of the largest magnitudes of a delta, exactly and without sorting.
 *
 * <p>
 * The differences of bf16 weights have few values, so a sample often names the threshold: a pass over the delta that counts
 * it, and what is above it, tells. Else a radix select for one rank begins with a range in which the sample expects it: a
 * pass counts the magnitudes of the range cell by cell, the next one those of the cell with the rank. Where some of
 * several equal magnitudes are dropped, they are counted piece by piece, and the piece with the last one that is kept is
 * searched. All threads share each pass; counts are added up, so that the result depends on the delta only.
 * {@link MagnitudeSelection} finds many ranks at once.
 */
final class LargestSelection {

    private static final int PIECE = 1 << 18;
    private static final int BLOCK = 1 << 13;
    private static final int MOST_GUESSES = 4;
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
        var sample = MagnitudeSample.of(base, model);
        int guess = sample.guess(kept);
        for (int tries = 0; guess >= 0 && tries < MOST_GUESSES; tries++) {
            Ties ties = ties(guess);
            long wanted = kept - ties.above();
            if (wanted > 0 && wanted <= ties.total()) {
                return largest(ties, wanted);
            }
            guess = sample.guess(guess, wanted > 0 ? wanted - ties.total() : wanted - 1);
        }
        Keep.Largest found = selectFrom(sample.range(kept), kept);
        return found != null
                ? found
                : Objects.requireNonNull(selectFrom(MagnitudeRange.all(), kept));
    }

    /** What keeps the {@code kept} largest, or null if the smallest of them is not in the range. */
    private Keep.@Nullable Largest selectFrom(MagnitudeRange start, long kept) {
        for (MagnitudeRange range = start;;) {
            Counts counts = count(range);
            long wanted = kept - counts.above();
            int cell = range.cells() - 1;
            while (cell >= 0 && wanted > counts.cells()[cell]) {
                wanted -= counts.cells()[cell--];
            }
            if (cell < 0 || wanted <= 0) {
                return null;
            }
            if (range.shift() == 0) {
                int threshold = range.first() + cell;
                return wanted == counts.cells()[cell]
                        ? new Keep.Largest(threshold, elements)
                        : largest(ties(threshold), wanted);
            }
            range = range.of(cell);
        }
    }

    /** How many magnitudes are in each cell of a range, and above it. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Counts(long above, long[] cells) {}

    /** The counts of one thread at a time; ints, because they take half of the cache. */
    private static final class Histogram {
        private final int[] cells;
        private int pieces;

        Histogram(int cells) {
            this.cells = new int[cells];
        }

        /** Moves the counts to the totals. */
        void settle(long[] totals) {
            synchronized (totals) {
                for (int i = 0; i < cells.length; i++) {
                    totals[i] += cells[i];
                    cells[i] = 0;
                }
            }
        }
    }

    private Counts count(MagnitudeRange range) {
        var above = new LongAdder();
        var idle = new ConcurrentLinkedQueue<Histogram>();
        long[] totals = new long[range.cells()];
        workers.forEach(pieces(), piece -> {
            Histogram known = idle.poll();
            Histogram histogram = known == null ? new Histogram(range.cells()) : known;
            above.add(count(range, piece, histogram.cells));
            // Before an int can overflow.
            if (++histogram.pieces % (Integer.MAX_VALUE / PIECE) == 0) {
                histogram.settle(totals);
            }
            idle.add(histogram);
        });
        idle.forEach(histogram -> histogram.settle(totals));
        return new Counts(above.sum(), totals);
    }

    private long count(MagnitudeRange range, long piece, int[] cells) {
        int length = (int) Math.min(PIECE, elements - piece * PIECE);
        return kernels.count(TensorElements.of(base, piece * PIECE, length),
                TensorElements.of(model, piece * PIECE, length), range, cells);
    }

    /**
     * How often a magnitude occurs.
     *
     * @param bits the magnitude
     * @param above how many are greater
     * @param total how many equal it
     * @param inPiece how many of them are in each piece
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Ties(int bits, long above, long total, long[] inPiece) {}

    private Ties ties(int bits) {
        long[] inPiece = new long[Math.toIntExact(pieces())];
        var above = new LongAdder();
        var one = MagnitudeRange.one(bits);
        workers.forEach(pieces(), piece -> {
            int[] cell = new int[1];
            above.add(count(one, piece, cell));
            inPiece[(int) piece] = cell[0];
        });
        return new Ties(bits, above.sum(), Arrays.stream(inPiece).sum(), inPiece);
    }

    /** What is greater, and the first {@code wanted} of those that are equal. */
    private Keep.Largest largest(Ties ties, long wanted) {
        if (wanted == ties.total()) {
            return new Keep.Largest(ties.bits(), elements);
        }
        int piece = 0;
        long left = wanted;
        while (left > ties.inPiece()[piece]) {
            left -= ties.inPiece()[piece++];
        }
        int[] bits = new int[BLOCK];
        for (long from = (long) piece * PIECE;; from += BLOCK) {
            int length = (int) Math.min(BLOCK, elements - from);
            magnitudes(from, length, bits);
            for (int i = 0; i < length; i++) {
                if (bits[i] == ties.bits() && --left == 0) {
                    return new Keep.Largest(ties.bits(), from + i + 1);
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
