package io.mendel.results;

/**
 * What giving up clearly worse candidates early saved.
 *
 * @param evaluations evaluations on search items, those of parents and textbook recipes too
 * @param raced those of them that ended early
 * @param saved items that these did not score
 * @param items items that all the evaluations would have scored; 0 if none ended early
 * @since 0.1
 */
public record RacingSavings(int evaluations, int raced, long saved, long items) {

    /** Nobody was given up. */
    public static final RacingSavings NONE = new RacingSavings(0, 0, 0, 0);

    /** The saved part of the item scorings, 0 to 1. */
    public double share() {
        return items == 0 ? 0 : (double) saved / items;
    }
}
