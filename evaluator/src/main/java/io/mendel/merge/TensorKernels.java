package io.mendel.merge;

import io.mendel.checkpoint.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Kernels that also take whole tensors, because a device keeps them where it computes.
 *
 * <p>
 * Every answer may be "not here": the tensors do not fit, a method is not known, a type is not floating-point. The caller
 * then does the work run by run; the bits are the same. Thread-safe.
 *
 * @since 0.1
 */
public interface TensorKernels extends MergeKernels {

    /** Elements that one call should get, if it can. */
    int PIECE = 1 << 24;

    /**
     * Merges a run of a tensor.
     *
     * @param merge what is done
     * @param inputs whole tensors, in the order of the {@link TensorMerge}
     * @param from flat index of the first element of the run
     * @param target receives the run
     * @return whether it was done; if not, the target is as it was or half written
     */
    boolean merge(FusedMerge merge, List<Tensor> inputs, long from, RoundedElements target);

    /**
     * Inner products of all pairs, in fp64, in blocks of {@link #DOT_BLOCK} elements that are added in order.
     *
     * @param inputs tensors of equally many elements
     * @param deltas whether those of the differences from the first input, rounded to fp32, are asked for; row and column
     *            0 are then 0
     * @return a symmetric matrix, or null
     */
    double @Nullable [][] products(List<Tensor> inputs, boolean deltas);

    /** {@code Σ |x - base|} over what is kept, as {@link #norm(Elements, Elements, Keep, long)}, its blocks in order. */
    OptionalDouble norm(Tensor base, Tensor model, Keep keep);

    /**
     * Squares, or largest magnitudes, of the delta and of what is kept of it.
     *
     * @return for each block of {@link #DOT_BLOCK} elements those of the delta, then as many of what is kept; or null
     */
    double @Nullable [] keptNorms(Tensor base, Tensor model, Keep keep, boolean largest);

    /** Counts the magnitudes of a delta; null if the tensors are not fit for it. */
    @Nullable
    MagnitudeCounter magnitudes(Tensor base, Tensor model);

    /** An arena whose memory this device writes without a detour; its user closes it before the device is closed. */
    Arena resultMemory();
}
