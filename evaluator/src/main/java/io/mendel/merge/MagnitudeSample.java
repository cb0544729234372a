package io.mendel.merge;

import io.mendel.checkpoint.Tensor;
import java.util.Arrays;

/** Some of the magnitudes of a delta, always the same ones, to guess with where a rank is. */
final class MagnitudeSample {

    private static final int SIZE = 1 << 13;
    /** Neighbours, which come with one another from memory. */
    private static final int RUN = 16;
    /** Standard errors of a sample's rank on either side of a range. */
    private static final double MARGIN = 4;
    /** How often a magnitude is in the sample that is worth counting by itself. */
    private static final int COMMON = SIZE / 256;

    private final int[] sorted;
    private final long elements;

    private MagnitudeSample(int[] sorted, long elements) {
        this.sorted = sorted;
        this.elements = elements;
    }

    /** A sample of a delta that has more elements than a sample. */
    static MagnitudeSample of(Tensor base, Tensor model) {
        int[] sample = new int[SIZE];
        long elements = base.info().elements();
        for (int i = 0; i < SIZE; i += RUN) {
            long from = (elements - RUN) / SIZE * i;
            Elements origin = TensorElements.of(base, from, RUN);
            Elements other = TensorElements.of(model, from, RUN);
            for (int j = 0; j < RUN; j++) {
                sample[i + j] = ScalarMergeKernels.magnitude(other.get(j) - origin.get(j));
            }
        }
        Arrays.sort(sample);
        return new MagnitudeSample(sample, elements);
    }

    /** The place of the {@code kept}th largest magnitude among the sorted ones of the sample. */
    private double place(long kept) {
        return SIZE * (1 - (double) kept / elements);
    }

    /** A magnitude that is frequent and might be the {@code kept}th largest, or -1. */
    int guess(long kept) {
        return common((int) place(kept));
    }

    /**
     * The next guess, once a magnitude is counted.
     *
     * @param bits the magnitude
     * @param missing how many more of the largest are kept than are at least this; or, negative, how many of those that
     *            are greater have to be dropped
     */
    int guess(int bits, long missing) {
        double shift = (double) missing * SIZE / elements;
        return common((int) (shift > 0
                ? Math.min(first(bits) - 1, first(bits) - shift)
                : first(bits + 1) - shift));
    }

    private int common(int place) {
        if (place < 0 || place >= SIZE) {
            return -1;
        }
        int bits = sorted[place];
        return first(bits + 1) - first(bits) >= COMMON ? bits : -1;
    }

    /** The place of the first magnitude that is not smaller. */
    private int first(int bits) {
        int low = 0;
        int high = SIZE;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < bits) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Where the {@code kept}th largest magnitude nearly always is: all magnitudes if the sample does not tell. */
    MagnitudeRange range(long kept) {
        double share = (double) kept / elements;
        double margin = 1 + MARGIN * Math.sqrt(SIZE * share * (1 - share));
        double low = place(kept) - margin;
        double high = place(kept) + margin;
        return low < 0 || high >= SIZE
                ? MagnitudeRange.all()
                : MagnitudeRange.between(sorted[(int) low], sorted[(int) high]);
    }
}
