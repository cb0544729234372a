package io.mendel.merge;

/**
 * How a sparsified delta is scaled to make up for what was dropped.
 *
 * @since 0.1
 */
public enum Rescale {
    /** Not at all. */
    NONE,
    /** By 1/density, as in the DARE paper. */
    INVERSE_DENSITY,
    /** To the L1 norm it had before, as in mergekit; not if either norm is below 1e-7 or not finite. */
    L1
}
