package io.mendel.merge;

import org.jspecify.annotations.Nullable;

/**
 * Counts the magnitudes of a delta by the digits of their fp32 patterns: the upper 16 bits, the next 8, the last 7.
 *
 * <p>
 * Each level counts inside of the slots that the level above has given to some of its cells; see
 * {@link MagnitudeSelection}.
 *
 * @since 0.1
 */
public interface MagnitudeCounter {

    /**
     * What is in the cells of a level.
     *
     * @param counts how many magnitudes
     * @param lowSums the sum of their bits below the cell's
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Counts(long[] counts, long[] lowSums) {}

    /**
     * Counts a level.
     *
     * @param level 0, 1 or 2
     * @param cells how many cells it has
     * @param upperSlots the slot of each cell of level 0, or -1; empty for level 0
     * @param middleSlots the slot of each cell of level 1, or -1; empty for levels 0 and 1
     * @return null if the device gives up
     */
    @Nullable
    Counts count(int level, int cells, int[] upperSlots, int[] middleSlots);

    /**
     * Counts how often single magnitudes occur in each piece of the tensor.
     *
     * @param watched for each cell of level 2 the number of the magnitude, or -1
     * @param magnitudes how many are watched
     * @param pieceShift a piece has {@code 2^pieceShift} elements
     * @param upperSlots the slot of each cell of level 0, or -1
     * @param middleSlots the slot of each cell of level 1, or -1
     * @return for each magnitude the counts of all pieces; null if the device gives up
     */
    long @Nullable [][] ties(int[] watched, int magnitudes, int pieceShift, int[] upperSlots,
            int[] middleSlots);
}
