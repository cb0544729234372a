package io.mendel.merge;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Random masks that were drawn, one bit for each element.
 *
 * <p>
 * Drawing costs more than merging what was drawn; reading a mask is a sixteenth of reading a bf16 parent. A mask
 * depends on its key and limit only. Thread-safe.
 */
abstract sealed class RandomMasks {

    private static final int PIECE_WORDS = 1 << 12;
    /** Bytes from which on Java may put arrays beside long-lived objects. */
    static final long LARGE = 1L << 18;

    private final long largest;

    private RandomMasks(long largest) {
        this.largest = largest;
    }

    /**
     * Keeps masks for other merges of the same parents; those used least recently make room for new ones.
     *
     * @param budget bytes of all masks; one that needs more is not kept as bits
     */
    static RandomMasks kept(long budget) {
        return new Kept(budget);
    }

    /**
     * Forgets masks as soon as nobody uses them: a single merge needs those of the tensors at hand only.
     *
     * @param largest most bytes of a mask; one that needs more is not kept as bits
     * @param mostGarbage bytes of large masks after which Java collects its garbage. By itself it rather lets the heap
     *            grow to its limit, because large arrays may not go the way of short-lived objects
     */
    static RandomMasks passing(long largest, long mostGarbage) {
        return new Passing(largest, mostGarbage);
    }

    record Size(Keep.Random mask, long elements) {}

    abstract long @Nullable [] get(Size key);

    abstract void put(Size key, long[] bits);

    /** The mask of a tensor: as bits, or as it is if the bits take too much room. */
    Keep of(Keep.Random mask, long elements, MergeKernels kernels, Workers workers) {
        long words = (elements + Long.SIZE - 1) / Long.SIZE;
        if (words * Long.BYTES > largest) {
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

    private static final class Kept extends RandomMasks {
        private final long budget;
        private final SequencedMap<Size, long[]> masks = new LinkedHashMap<>(16, 0.75f, true);
        private long bytes;

        Kept(long budget) {
            super(budget);
            this.budget = budget;
        }

        @Override
        synchronized long @Nullable [] get(Size key) {
            return masks.get(key);
        }

        @Override
        synchronized void put(Size key, long[] bits) {
            if (masks.put(key, bits) == null) {
                bytes += (long) bits.length * Long.BYTES;
            }
            while (bytes > budget) {
                Map.Entry<Size, long[]> oldest = masks.pollFirstEntry();
                bytes -= (long) oldest.getValue().length * Long.BYTES;
            }
        }
    }

    private static final class Passing extends RandomMasks {
        private final long mostGarbage;
        private final Map<Size, WeakReference<long[]>> masks = new HashMap<>();
        private long garbage;

        Passing(long largest, long mostGarbage) {
            super(largest);
            this.mostGarbage = mostGarbage;
        }

        @Override
        synchronized long @Nullable [] get(Size key) {
            WeakReference<long[]> mask = masks.get(key);
            return mask == null ? null : mask.get();
        }

        @Override
        synchronized void put(Size key, long[] bits) {
            masks.put(key, new WeakReference<>(bits));
            long size = (long) bits.length * Long.BYTES;
            garbage += size >= LARGE ? size : 0;
            if (garbage > mostGarbage) {
                garbage = 0;
                System.gc();
                masks.values().removeIf(mask -> mask.refersTo(null));
            }
        }
    }
}
