package io.mendel.merge;

/**
 * How large a delta is.
 *
 * @param largest the largest magnitude; NaN if any element is NaN
 * @param norm L1 norm
 */
record DeltaSize(float largest, double norm) {

    static DeltaSize of(Magnitudes magnitudes) {
        long elements = magnitudes.elements();
        if (elements == 0) {
            return new DeltaSize(0, 0);
        }
        Trim[] trims = MagnitudeSelection.select(magnitudes, new long[]{1, elements});
        return new DeltaSize(Float.intBitsToFloat(trims[0].bits()), trims[1].norm());
    }
}
