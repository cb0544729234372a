package io.mendel.merge;

/**
 * A range of fp32 bit patterns of magnitudes, cut into cells of equal width.
 *
 * @param first the smallest pattern
 * @param shift a cell has {@code 2^shift} patterns
 * @param cells number of cells, at least 1
 * @since 0.1
 */
public record MagnitudeRange(int first, int shift, int cells) {

    /** What fits the first-level cache beside the elements. */
    private static final int CELL_BITS = 12;
    private static final int ALL_BITS = 31;

    public MagnitudeRange {
        if (first < 0 || shift < 0 || cells < 1 || ((long) cells << shift) > 1L << ALL_BITS) {
            throw new IllegalArgumentException(
                    "No range of magnitudes: %d, %d, %d".formatted(first, shift, cells));
        }
    }

    /** All magnitudes. */
    static MagnitudeRange all() {
        return of(0, ALL_BITS);
    }

    /** A single magnitude. */
    static MagnitudeRange one(int bits) {
        return of(bits, 0);
    }

    /** A range with these magnitudes, and perhaps some larger ones. */
    static MagnitudeRange between(int smallest, int largest) {
        return of(smallest, Integer.SIZE - Integer.numberOfLeadingZeros(largest - smallest));
    }

    private static MagnitudeRange of(int first, int bits) {
        int cellBits = Math.min(bits, CELL_BITS);
        return new MagnitudeRange(first, bits - cellBits, 1 << cellBits);
    }

    /** The patterns of a cell. */
    MagnitudeRange of(int cell) {
        return of(first + (cell << shift), shift);
    }

    /** The smallest pattern above; does not fit an int for {@link #all}. */
    long end() {
        return first + ((long) cells << shift);
    }
}
