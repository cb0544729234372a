package io.mendel.merge;

import static io.mendel.merge.Bfloat16Merge.MOST_DELTAS;
import static io.mendel.merge.VectorMergeKernels.BLOCK;

import java.util.Arrays;

/** Merges bf16 deltas through rows of fp32 in the first-level cache, in the order of {@link Bfloat16Merge}. */
final class Bfloat16Rows {

    private final long base;
    private final Bfloat16Delta[] deltas;
    private final Consensus consensus;
    private final float scale;
    private final float[][] rows = new float[MOST_DELTAS][BLOCK];
    private final float[] weights = new float[MOST_DELTAS];

    /**
     * A merge of at most three deltas.
     *
     * @param base the address of the base's run
     */
    Bfloat16Rows(long base, Bfloat16Delta[] deltas, Consensus consensus, float scale) {
        this.base = base;
        this.deltas = deltas;
        this.consensus = consensus;
        this.scale = scale;
        for (int m = 0; m < MOST_DELTAS; m++) {
            if (m < deltas.length) {
                weights[m] = deltas[m].weight();
            } else {
                Arrays.fill(rows[m], -0.0f);
            }
        }
    }

    /**
     * Merges a piece.
     *
     * @param from the piece's first element in the run
     * @param index its flat index in the tensor
     * @param target the address for the result
     */
    void merge(int from, long index, int length, long target) {
        for (int done = 0; done < length; done += BLOCK) {
            mergeBlock(from + done, index + done, Math.min(BLOCK, length - done),
                    target + 2L * done);
        }
    }

    private void mergeBlock(int from, long index, int length, long target) {
        for (int m = 0; m < deltas.length; m++) {
            deltas[m].weigh(from, index, length, rows[m]);
        }
        long start = base + 2L * from;
        if (consensus == Consensus.SUM) {
            Bfloat16Consensus.sum(start, rows[0], rows[1], rows[2], scale, target, length);
        } else {
            Bfloat16Consensus.elect(rows[0], rows[1], rows[2], weights,
                    consensus == Consensus.ELECTED_MEAN, length);
            Bfloat16Consensus.add(start, rows[0], scale, target, length);
        }
    }
}
