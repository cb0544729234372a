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
     * The largest magnitudes survive, but for the very largest.
     *
     * @param outer what survives and the very largest
     * @param dropped the very largest: not nothing
     */
    record Band(Largest outer, Largest dropped) implements Keep {}

    /**
     * Listed elements survive.
     *
     * @param bits bit i of the words is set if the element with flat index {@code firstIndex + i} survives; they cover
     *            at least the run
     * @param firstIndex flat index of the first bit
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Listed(long[] bits, long firstIndex) implements Keep {

        /** Copies the bits of some elements into the words of {@code target} from the first on. */
        void copyTo(long[] target, long index, int length) {
            int words = (length + Long.SIZE - 1) / Long.SIZE;
            long offset = index - firstIndex;
            long first = offset / Long.SIZE;
            if (offset % Long.SIZE == 0 && first + words <= bits.length) {
                System.arraycopy(bits, (int) first, target, 0, words);
                return;
            }
            for (int word = 0; word < words; word++) {
                target[word] = word(index + (long) word * Long.SIZE);
            }
        }

        /** The bits of 64 elements from a flat index on; those beyond the last word are 0. */
        long word(long index) {
            long offset = index - firstIndex;
            int word = Math.toIntExact(offset >>> 6);
            int shift = (int) offset & 63;
            long low = word < bits.length ? bits[word] >>> shift : 0;
            boolean reachesNext = shift > 0 && word + 1 < bits.length;
            return reachesNext ? low | bits[word + 1] << -shift : low;
        }
    }

    /**
     * Random elements survive: those whose draw is below a limit.
     *
     * @param key seeds the draws of this model and tensor
     * @param limit draws below it survive, 0 to 2⁵³
     */
    record Random(long key, long limit) implements Keep {}
}
