package io.mendel.merge;

import io.mendel.checkpoint.Tensor;
import java.util.List;

/** The inputs of a {@link BlockMerge} while it collects its statistics. */
final class BlockInputs {

    private final List<Tensor> tensors;
    private final GramMatrix gram;
    private final int chunk;

    BlockInputs(List<Tensor> tensors, GramMatrix gram, int chunk) {
        this.tensors = tensors;
        this.gram = gram;
        this.chunk = chunk;
    }

    /** Receives runs of all inputs. */
    @FunctionalInterface
    interface Pass {
        /** The first {@code count} entries of each input belong to the elements from {@code firstIndex} on. */
        void block(float[][] inputs, int count, long firstIndex);
    }

    /** Number of inputs. */
    int count() {
        return tensors.size();
    }

    /** Number of elements of each input. */
    long elements() {
        return tensors.getFirst().info().elements();
    }

    /** The length of the last axis. */
    long row() {
        return BlockMerge.row(tensors.getFirst().info());
    }

    /** The length of the first axis; 1 for a scalar. */
    long firstAxis() {
        var shape = tensors.getFirst().info().shape();
        return shape.isEmpty() ? 1 : shape.getFirst();
    }

    /** Inner products of the inputs, computed when first asked for and remembered with the parents. */
    GramMatrix gram() {
        return gram;
    }

    /**
     * Streams the inputs once, in order, on the caller's thread.
     *
     * @param unit runs begin and end at multiples of it
     */
    void forEachBlock(long unit, Pass pass) {
        int size = pieceSize(unit, chunk);
        float[][] runs = new float[tensors.size()][runLength(unit)];
        for (long from = 0; from < elements(); from += size) {
            int count = (int) Math.min(size, elements() - from);
            load(tensors, from, count, runs);
            pass.block(runs, count, from);
        }
    }

    /** The most elements of a run. */
    int runLength(long unit) {
        return (int) Math.min(pieceSize(unit, chunk), elements());
    }

    /** Widens a run of every tensor to fp32. */
    static void load(List<Tensor> tensors, long from, int count, float[][] runs) {
        for (int m = 0; m < runs.length; m++) {
            TensorElements.of(tensors.get(m), from, count).widen(runs[m]);
        }
    }

    /** Elements of a piece: about {@code chunk}, but a multiple of {@code unit}. */
    static int pieceSize(long unit, int chunk) {
        return Math.toIntExact(Math.max(1, chunk / unit) * unit);
    }
}
