package io.mendel.merge;

/**
 * How the weighted deltas of an element are combined.
 *
 * @since 0.1
 */
public enum Consensus {
    /** The sum of all. */
    SUM,
    /** The sum of those that have the elected sign. */
    ELECTED_SUM,
    /** The sum of those that have the elected sign, divided by the sum of their weights. */
    ELECTED_MEAN
}
