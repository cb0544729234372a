package io.mendel.merge;

/**
 * Which elements of a delta survive.
 *
 * @since 0.1
 */
public sealed interface Keep {

    /** Everything survives. */
    record All() implements Keep {}

    /**
     * The largest magnitudes survive.
     *
     * @param bits the fp32 bit pattern of the smallest magnitude that survives; NaN counts as the largest magnitude
     * @param cut of the elements with exactly this magnitude, those with a flat index below {@code cut} survive
     */
    record Largest(int bits, long cut) implements Keep {}

    /**
     * Random elements survive: those whose draw is below a limit.
     *
     * @param key seeds the draws of this model and tensor
     * @param limit draws below it survive, 0 to 2⁵³
     */
    record Random(long key, long limit) implements Keep {}
}
