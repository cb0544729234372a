package io.mendel.merge;

import java.util.List;

/**
 * The arithmetic of merging, on runs of elements.
 *
 * <p>
 * Implementations agree bit for bit: every operation on fp32 is rounded on its own (no fused multiply-add), in the
 * order written here, and the result is rounded once more when it is stored. An element's result does not depend on the
 * run it is in. NaN and infinities propagate as in IEEE 754, a stored NaN is the canonical one. Implementations are
 * stateless and thread-safe; all runs of one call have equally many elements and do not overlap the target.
 *
 * @since 0.1
 */
public interface MergeKernels {

    /** Number of elements that {@link #dot} sums at a time. */
    int DOT_BLOCK = 4096;

    /**
     * The fastest kernels of this machine, or those that the system property {@code mendel.kernels} names:
     * {@code scalar}, {@code vector} or {@code auto}.
     *
     * @throws IllegalStateException if the property asks for kernels that this Java cannot run
     */
    static MergeKernels preferred() {
        return KernelChoice.of(System.getProperty(KernelChoice.PROPERTY, "auto"));
    }

    /**
     * The kernels that finish a single merge first. Java needs seconds to compile the vector kernels, in which they are a
     * thousand times slower; the scalar ones are done with a small model by then. The bytes are the same.
     *
     * @param elements number of elements of the merged model
     * @throws IllegalStateException if the property asks for kernels that this Java cannot run
     */
    static MergeKernels forOneMerge(long elements) {
        boolean free = System.getProperty(KernelChoice.PROPERTY, "auto").equals("auto");
        return free && elements < KernelChoice.WORTH_COMPILING
                ? new ScalarMergeKernels()
                : preferred();
    }

    /** {@code scalar} or {@code vector}. */
    String name();

    /**
     * {@code y = c₀·x₀ + c₁·x₁ + …}, from left to right.
     *
     * @param inputs at least one
     * @param coefficients one for each input
     * @param target receives y
     */
    void weightedSum(List<Elements> inputs, float[] coefficients, RoundedElements target);

    /**
     * {@code y = base + scale · consensus(v₁, v₂, …)} with {@code v = (x - base) · factor} where the delta is kept.
     *
     * <p>
     * A dropped delta counts as −0, the neutral element of addition, so that an element of which nothing is kept is
     * copied from the base. {@link Consensus#SUM} adds the {@code v} from left to right. The elections add them
     * likewise; a sum that is at least 0 elects "positive", any other (NaN too) "negative"; then the {@code v} with the
     * elected sign are added from left to right, starting at −0, and so are their weights, starting at 0. Zeros agree
     * with no sign, NaN with both. The mean divides by the sum of weights, or by 1 if it is 0.
     *
     * @param base the base's elements
     * @param deltas the parents, at least one
     * @param consensus how they are combined
     * @param scale factor of the combined delta
     * @param firstIndex flat index of the first element in its tensor
     * @param target receives y
     */
    void mergeDeltas(Elements base, List<WeightedDelta> deltas, Consensus consensus, float scale,
            long firstIndex,
            RoundedElements target);

    /**
     * The fp32 bit patterns of {@code |x - base|}, which are ordered as the magnitudes are; NaN is the largest.
     *
     * @param base the base's elements
     * @param model the parent's elements
     * @param bits receives the patterns, at least as many as there are elements
     */
    void magnitudes(Elements base, Elements model, int[] bits);

    /**
     * Counts magnitudes, as {@link #magnitudes} gives them.
     *
     * @param base the base's elements, less than 2³¹
     * @param model the parent's elements
     * @param range what is counted by itself
     * @param cells receives the counts of the range, added to what is there
     * @return how many magnitudes are above the range
     */
    default long count(Elements base, Elements model, MagnitudeRange range, int[] cells) {
        int[] bits = new int[Math.min(DOT_BLOCK, base.count())];
        long above = 0;
        for (int from = 0; from < base.count(); from += DOT_BLOCK) {
            int length = Math.min(DOT_BLOCK, base.count() - from);
            magnitudes(base.slice(from, length), model.slice(from, length), bits);
            for (int i = 0; i < length; i++) {
                int place = bits[i] - range.first();
                int cell = place >> range.shift();
                if (cell >= range.cells()) {
                    above++;
                } else if (place >= 0) {
                    cells[cell]++;
                }
            }
        }
        return above;
    }

    /**
     * {@code Σ |x - base|} in fp64 over what is kept of at most {@link #DOT_BLOCK} elements: the magnitude of element i
     * is added to sum i mod 8, then the eight sums are added in order.
     *
     * @param base the base's elements
     * @param model the parent's elements
     * @param keep which elements are added
     * @param firstIndex flat index of the first element in its tensor
     */
    double norm(Elements base, Elements model, Keep keep, long firstIndex);

    /** The sums over all elements and over what is kept, each as {@link #norm} gives it. */
    default KeptNorm norms(Elements base, Elements model, Keep keep, long firstIndex) {
        return new KeptNorm(norm(base, model, new Keep.All(), firstIndex),
                norm(base, model, keep, firstIndex));
    }

    /**
     * Draws a random mask: bit i of word w is set if element {@code firstIndex + 64·w + i} survives.
     *
     * @param mask the random mask
     * @param firstIndex flat index of the first element
     * @param words receives the bits
     * @param from the first word that is written
     * @param count how many words are written
     */
    void draw(Keep.Random mask, long firstIndex, long[] words, int from, int count);

    /**
     * {@code Σ a·b} in fp64 over at most {@link #DOT_BLOCK} elements: element i is added to sum i mod 8, then the eight
     * sums are added in order.
     */
    double dot(Elements a, Elements b);

    /** The inner products of two models with themselves and each other, each as {@link #dot} gives it. */
    default DotProducts products(Elements a, Elements b) {
        return new DotProducts(dot(a, a), dot(a, b), dot(b, b));
    }
}
