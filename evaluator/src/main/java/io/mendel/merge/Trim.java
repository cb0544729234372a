package io.mendel.merge;

/**
 * The cut that keeps the largest elements of a delta.
 *
 * @param bits bit pattern of the smallest magnitude that is kept
 * @param cut of the elements with this magnitude, those with a smaller flat index are kept
 * @param norm L1 norm of what is kept
 * @since 0.1
 */
public record Trim(int bits, long cut, double norm) {

    /** No magnitude has a larger pattern: all NaN count as this one. */
    static final int LARGEST = 0x7fc0_0000;
    /** Keeps nothing. */
    static final Trim NOTHING = new Trim(LARGEST, 0, 0);

    /** What is kept. */
    Keep.Largest keep() {
        return new Keep.Largest(bits, cut);
    }

    /** How many of {@code elements} a density keeps: {@code ⌊density·n + 1e-9⌋}, at least 1 unless one of them is 0. */
    static long kept(double density, long elements) {
        if (density <= 0 || elements == 0) {
            return 0;
        }
        return Math.clamp((long) Math.floor(density * elements + 1e-9), 1, elements);
    }

    /** How many of {@code elements} a share covers: {@code ⌊share·n + 1e-9⌋}. */
    static long share(double share, long elements) {
        return Math.clamp((long) Math.floor(share * elements + 1e-9), 0, elements);
    }
}
