package io.mendel.merge;

import io.mendel.checkpoint.Tensor;
import java.util.OptionalDouble;

/** The L1 norm of what is kept of a delta, in fp64: blocks of {@link MergeKernels#DOT_BLOCK} elements, added in order. */
final class DeltaNorm {

    private static final int BLOCK = MergeKernels.DOT_BLOCK;
    private static final int BLOCKS_OF_PIECE = 64;

    private DeltaNorm() {}

    static double of(Tensor base, Tensor model, Keep keep, MergeKernels kernels, Workers workers) {
        OptionalDouble known = kernels instanceof TensorKernels device
                ? device.norm(base, model, keep)
                : OptionalDouble.empty();
        if (known.isPresent()) {
            return known.getAsDouble();
        }
        double[] norms = new double[blocks(base)];
        forEachBlock(base, workers, (block, from, count) -> norms[block] = kernels.norm(
                TensorElements.of(base, from, count), TensorElements.of(model, from, count), keep,
                from));
        return sum(norms);
    }

    /** The norms of a whole delta and of what is kept of it, reading both models once. */
    static KeptNorm both(Tensor base, Tensor model, Keep keep, MergeKernels kernels,
            Workers workers) {
        if (kernels instanceof TensorKernels) {
            return new KeptNorm(of(base, model, new Keep.All(), kernels, workers),
                    of(base, model, keep, kernels, workers));
        }
        double[] all = new double[blocks(base)];
        double[] kept = new double[all.length];
        forEachBlock(base, workers, (block, from, count) -> {
            KeptNorm norms = kernels.norms(TensorElements.of(base, from, count),
                    TensorElements.of(model, from, count), keep, from);
            all[block] = norms.all();
            kept[block] = norms.kept();
        });
        return new KeptNorm(sum(all), sum(kept));
    }

    private interface Task {
        void run(int block, long from, int count);
    }

    private static int blocks(Tensor base) {
        return Math.toIntExact((base.info().elements() + BLOCK - 1) / BLOCK);
    }

    private static void forEachBlock(Tensor base, Workers workers, Task task) {
        long elements = base.info().elements();
        int blocks = blocks(base);
        workers.forEach((blocks + BLOCKS_OF_PIECE - 1) / BLOCKS_OF_PIECE, piece -> {
            int first = (int) piece * BLOCKS_OF_PIECE;
            for (int i = first; i < Math.min(blocks, first + BLOCKS_OF_PIECE); i++) {
                long from = (long) i * BLOCK;
                task.run(i, from, (int) Math.min(BLOCK, elements - from));
            }
        });
    }

    private static double sum(double[] norms) {
        double norm = 0;
        for (double part : norms) {
            norm += part;
        }
        return norm;
    }

    /**
     * The norm of what a rule keeps that sees whole rows.
     *
     * @param row elements of a row; blocks are rows, as many as fit into {@link MergeKernels#DOT_BLOCK} elements, or
     *            one
     */
    static double ofRows(Tensor base, Tensor model, KeepRule rule, long row, MergeKernels kernels,
            Workers workers) {
        long elements = base.info().elements();
        int size = BlockInputs.pieceSize(row, BLOCK);
        double[] norms = new double[Math.toIntExact((elements + size - 1) / size)];
        workers.forEach(norms.length, block -> {
            long from = block * size;
            int count = (int) Math.min(size, elements - from);
            Elements origin = TensorElements.of(base, from, count);
            Elements other = TensorElements.of(model, from, count);
            Keep keep = rule.keep(origin, other, from);
            for (int start = 0; start < count; start += BLOCK) {
                int length = Math.min(BLOCK, count - start);
                norms[(int) block] += kernels.norm(origin.slice(start, length),
                        other.slice(start, length), keep, from + start);
            }
        });
        return sum(norms);
    }
}
