package io.mendel.merge;

import io.mendel.merge.MergeOperation.Sparsity;

/**
 * What Model Breadcrumbs keep when magnitudes are ranked in each row, as in the authors' code: all but the largest
 * elements of the row and its smallest.
 *
 * <p>
 * Runs must be whole rows. Davari, Belilovsky: Model breadcrumbs, 2023, https://arxiv.org/abs/2312.06795
 */
final class RowBandMask implements KeepRule {

    private final int row;
    private final int dropped;
    private final int kept;
    private final MergeKernels kernels;

    /**
     * A mask.
     *
     * @param row elements of a row, at least 1
     */
    RowBandMask(Sparsity.RowBand band, int row, MergeKernels kernels) {
        this.row = row;
        this.kept = (int) Trim.kept(band.density(), row);
        this.dropped = (int) Math.min(Trim.share(band.gamma(), row), row - kept);
        this.kernels = kernels;
    }

    @Override
    public Keep.Listed keep(Elements base, Elements model, long firstIndex) {
        int[] magnitudes = new int[base.count()];
        kernels.magnitudes(base, model, magnitudes);
        long[] bits = new long[(magnitudes.length + Long.SIZE - 1) / Long.SIZE];
        for (int from = 0; from < magnitudes.length; from += row) {
            RowCut outer = RowCut.of(magnitudes, from, row, dropped);
            RowCut inner = RowCut.of(magnitudes, from, row, dropped + kept);
            for (int i = from; i < from + row; i++) {
                if (inner.keeps(magnitudes[i], i - from) && !outer.keeps(magnitudes[i], i - from)) {
                    bits[i >>> 6] |= 1L << i;
                }
            }
        }
        return new Keep.Listed(bits, firstIndex);
    }
}
