package io.mendel.merge;

import io.mendel.checkpoint.TensorInfo;
import io.mendel.merge.MergeOperation.Sparsity;
import java.util.Arrays;

/**
 * DELLA's random mask: the larger an element is among its row, the likelier it survives.
 *
 * <p>
 * Runs must be whole rows. The draws are those of {@link CounterRandom}, so that a mask depends on the key and on the
 * row's order only. Deep, Bhardwaj, Poria: DELLA-Merging, 2024, https://arxiv.org/abs/2406.11617
 */
final class RankedMask implements KeepRule {

    private final long key;
    private final long[] limits;
    private final MergeKernels kernels;

    /**
     * A mask.
     *
     * @param key seeds the draws of this model and tensor
     * @param row elements of a row, at least 1
     */
    RankedMask(Sparsity.RandomByRank sparsity, long key, int row, MergeKernels kernels) {
        this.key = key;
        this.kernels = kernels;
        this.limits = new long[row];
        for (int rank = 0; rank < row; rank++) {
            limits[rank] = CounterRandom.limit(probability(sparsity, rank, row));
        }
    }

    /**
     * The probability that an element survives.
     *
     * @param rank 0 for the smallest magnitude of the row
     * @param row elements of the row
     */
    static double probability(Sparsity.RandomByRank sparsity, int rank, int row) {
        double place = row == 1 ? 0.5 : (double) rank / (row - 1);
        return sparsity.density() - sparsity.epsilon() + 2 * sparsity.epsilon() * place;
    }

    /** All that belongs to one index of the first axis; a vector or a scalar is one row. */
    static long row(TensorInfo tensor) {
        long row = 1;
        for (int axis = tensor.shape().size() > 1 ? 1 : 0; axis < tensor.shape().size(); axis++) {
            row *= tensor.shape().get(axis);
        }
        return Math.max(1, row);
    }

    @Override
    public Keep.Listed keep(Elements base, Elements model, long firstIndex) {
        int[] magnitudes = new int[base.count()];
        kernels.magnitudes(base, model, magnitudes);
        return new Keep.Listed(draw(magnitudes, firstIndex), firstIndex);
    }

    private long[] draw(int[] magnitudes, long firstIndex) {
        long[] kept = new long[(magnitudes.length + Long.SIZE - 1) / Long.SIZE];
        int row = limits.length;
        long[] order = new long[row];
        for (int start = 0; start < magnitudes.length; start += row) {
            for (int i = 0; i < row; i++) {
                // Of equal magnitudes the last element sorts first.
                order[i] = (long) magnitudes[start + i] << Integer.SIZE | (row - 1 - i);
            }
            Arrays.sort(order);
            for (int rank = 0; rank < row; rank++) {
                int i = start + row - 1 - (int) order[rank];
                if (CounterRandom.draw(key, firstIndex + i) < limits[rank]) {
                    kept[i >>> 6] |= 1L << i;
                }
            }
        }
        return kept;
    }
}
