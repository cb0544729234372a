package io.mendel.merge;

/**
 * The cut behind the k largest magnitudes of a row, in the order (magnitude descending, index ascending).
 *
 * <p>
 * Four passes that narrow the cut by eight bits each, O(row length), nothing is sorted.
 *
 * @param bits pattern of the smallest magnitude that is kept
 * @param cut of the elements with this magnitude, those with a smaller index in the row are kept
 */
record RowCut(int bits, int cut) {

    /**
     * Finds the cut.
     *
     * @param magnitudes patterns of magnitudes
     * @param from where the row begins
     * @param length elements of the row
     * @param k how many are kept, 0 to {@code length}
     */
    static RowCut of(int[] magnitudes, int from, int length, int k) {
        if (k == 0) {
            return new RowCut(Integer.MAX_VALUE, 0);
        }
        int prefix = 0;
        int left = k;
        for (int shift = 24; shift >= 0; shift -= 8) {
            int[] counts = new int[256];
            int mask = shift == 24 ? 0 : -1 << (shift + 8);
            for (int i = from; i < from + length; i++) {
                if ((magnitudes[i] & mask) == prefix) {
                    counts[magnitudes[i] >>> shift & 0xff]++;
                }
            }
            int digit = 255;
            while (counts[digit] < left) {
                left -= counts[digit--];
            }
            prefix |= digit << shift;
        }
        int index = 0;
        for (int ties = 0; ties < left; index++) {
            if (magnitudes[from + index] == prefix) {
                ties++;
            }
        }
        return new RowCut(prefix, index);
    }

    boolean keeps(int magnitude, int index) {
        return magnitude > bits || (magnitude == bits && index < cut);
    }
}
