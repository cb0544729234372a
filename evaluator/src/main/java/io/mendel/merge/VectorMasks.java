package io.mendel.merge;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Random masks of a block, several draws at a time; see {@link CounterRandom}. */
final class VectorMasks {

    private static final VectorSpecies<Long> LONGS = VectorMergeKernels.FLOATS
            .withLanes(long.class);
    private static final int LANES = LONGS.length();
    private static final LongVector STEPS = LongVector.broadcast(LONGS, 0)
            .addIndex(1)
            .add(1)
            .mul(CounterRandom.GAMMA);

    private VectorMasks() {}

    /** Sets bit i of {@code kept} where element i survives; bits from {@code length} on are rubbish. */
    static void draw(Keep.Random mask, long index, int length, long[] kept) {
        draw(mask, index, kept, 0, (length + Long.SIZE - 1) / Long.SIZE);
    }

    /** Draws {@code words} words of 64 elements each, into {@code kept[first]} and those behind. */
    static void draw(Keep.Random mask, long index, long[] kept, int first, int words) {
        long start = mask.key() + index * CounterRandom.GAMMA;
        long limit = mask.limit();
        int wordBits = Long.SIZE;
        long wordStep = wordBits * CounterRandom.GAMMA;
        for (int word = 0; word < words; word++) {
            long bits = 0;
            for (int i = 0; i < Long.SIZE; i += LANES) {
                LongVector z = STEPS.add(start + i * CounterRandom.GAMMA);
                z = z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, 30))
                        .mul(CounterRandom.FIRST_FACTOR);
                z = z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, 27))
                        .mul(CounterRandom.SECOND_FACTOR);
                z = z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, 31));
                bits |= z.lanewise(VectorOperators.LSHR, 11)
                        .compare(VectorOperators.LT, limit)
                        .toLong() << i;
            }
            kept[first + word] = bits;
            start += wordStep;
        }
    }
}
