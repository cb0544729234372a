package io.mendel.merge;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Random masks that were drawn, one bit for each element, as long as there is room for them.
 *
 * <p>
 * Drawing costs more than merging what was drawn; reading a mask is a sixteenth of reading a bf16 parent. A mask
 * depends on its key and limit only. The masks used least recently make room for new ones. Thread-safe.
 */
final class RandomMasks {

    private static final int PIECE_WORDS = 1 << 12;

    private record Size(Keep.Random mask, long elements) {}

    private final long budget;
    private final long mostGarbage;
    private final SequencedMap<Size, long[]> masks = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;
    private long garbage;

    /**
     * Begins without a mask.
     *
     * @param budget bytes of all masks; one that needs more is not kept as bits
     * @param mostGarbage bytes of forgotten masks after which Java collects its garbage. By itself it rather lets the
     *            heap grow to its limit, because such large arrays do not go the way of short-lived objects
     */
    RandomMasks(long budget, long mostGarbage) {
        this.budget = budget;
        this.mostGarbage = mostGarbage;
    }

    /** The mask of a tensor: as bits, or as it is if the bits take too much room. */
    Keep of(Keep.Random mask, long elements, MergeKernels kernels, Workers workers) {
        long words = (elements + Long.SIZE - 1) / Long.SIZE;
        if (words * Long.BYTES > budget) {
            return mask;
        }
        Size key = new Size(mask, elements);
        long[] known = get(key);
        if (known != null) {
            return new Keep.Listed(known, 0);
        }
        long[] bits = new long[(int) words];
        workers.forEach((words + PIECE_WORDS - 1) / PIECE_WORDS, piece -> {
            int from = (int) piece * PIECE_WORDS;
            kernels.draw(mask, (long) from * Long.SIZE, bits, from,
                    Math.min(PIECE_WORDS, bits.length - from));
        });
        put(key, bits);
        return new Keep.Listed(bits, 0);
    }

    private synchronized long @Nullable [] get(Size key) {
        return masks.get(key);
    }

    private synchronized void put(Size key, long[] bits) {
        if (masks.put(key, bits) == null) {
            bytes += (long) bits.length * Long.BYTES;
        }
        while (bytes > budget) {
            Map.Entry<Size, long[]> oldest = masks.pollFirstEntry();
            bytes -= (long) oldest.getValue().length * Long.BYTES;
            garbage += (long) oldest.getValue().length * Long.BYTES;
        }
        if (garbage > mostGarbage) {
            garbage = 0;
            System.gc();
        }
    }
}
