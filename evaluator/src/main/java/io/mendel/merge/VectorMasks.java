package io.mendel.merge;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Random masks of a block, several draws at a time; see {@link CounterRandom}. */
final class VectorMasks {

    private static final VectorSpecies<Long> LONGS = VectorMergeKernels.FLOATS
            .withLanes(long.class);
    private static final VectorSpecies<Double> DOUBLES = VectorMergeKernels.FLOATS
            .withLanes(double.class);
    private static final VectorSpecies<Float> HALF_FLOATS = VectorSpecies.of(float.class,
            VectorShape.forBitSize(LONGS.vectorBitSize() / 2));
    private static final int LANES = LONGS.length();
    private static final LongVector STEPS = LongVector.broadcast(LONGS, 0)
            .addIndex(1)
            .add(1)
            .mul(CounterRandom.GAMMA);

    private VectorMasks() {}

    /** Sets bit i of {@code kept} where element i survives; bits from {@code length} on are rubbish. */
    static void draw(Keep.Random mask, long index, int length, long[] kept) {
        long start = mask.key() + index * CounterRandom.GAMMA;
        long limit = mask.limit();
        for (int word = 0; word * Long.SIZE < length; word++) {
            long bits = 0;
            for (int i = 0; i < Long.SIZE; i += LANES) {
                LongVector states = STEPS.add(start + (word * Long.SIZE + i) * CounterRandom.GAMMA);
                bits |= draws(states).compare(VectorOperators.LT, limit).toLong() << i;
            }
            kept[word] = bits;
        }
    }

    private static LongVector draws(LongVector states) {
        LongVector z = states;
        z = z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, 30))
                .mul(CounterRandom.FIRST_FACTOR);
        z = z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, 27))
                .mul(CounterRandom.SECOND_FACTOR);
        z = z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, 31));
        return z.lanewise(VectorOperators.LSHR, 11);
    }

    /** See {@link MergeKernels#keptMagnitude}; the arrays are padded to whole vectors. */
    static long keptMagnitude(float[] origin, float[] model, int length, Keep.Random mask,
            long index, double unit) {
        long start = mask.key() + index * CounterRandom.GAMMA;
        LongVector sum = LongVector.zero(LONGS);
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            LongVector states = STEPS.add(start + i * CounterRandom.GAMMA);
            var survives = draws(states).compare(VectorOperators.LT, mask.limit());
            FloatVector delta = FloatVector.fromArray(HALF_FLOATS, model, i)
                    .sub(FloatVector.fromArray(HALF_FLOATS, origin, i))
                    .abs();
            DoubleVector scaled = ((DoubleVector) delta.convertShape(VectorOperators.F2D, DOUBLES,
                    0)).mul(unit);
            var magnitude = (LongVector) scaled.convert(VectorOperators.D2L, 0);
            sum = sum.add(magnitude, survives);
        }
        long total = sum.reduceLanes(VectorOperators.ADD);
        for (; i < length; i++) {
            if (CounterRandom.draw(mask.key(), index + i) < mask.limit()) {
                total += (long) (Math.abs(model[i] - origin[i]) * unit);
            }
        }
        return total;
    }
}
