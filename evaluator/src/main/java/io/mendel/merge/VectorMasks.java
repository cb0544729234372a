package io.mendel.merge;

import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Random masks of a block, several draws at a time; see {@link CounterRandom}.
 *
 * <p>
 * Few processors multiply 64 bits in a vector. The products are put together from those of 32 bits, and of the second
 * one only the upper half is made: its first 31 bits are those of the draw and tell nearly always whether that is below
 * the limit. Two vectors, of the even and of the odd elements, are compared at a time.
 */
final class VectorMasks {

    private static final VectorSpecies<Long> LONGS = VectorMergeKernels.FLOATS
            .withLanes(long.class);
    private static final VectorSpecies<Integer> INTS = LONGS.withLanes(int.class);
    /** Draws of two vectors. */
    private static final int LANES = INTS.length();
    private static final LongVector EVEN = steps(1);
    private static final LongVector ODD = steps(2);
    private static final LongVector NEXT = LongVector.broadcast(LONGS,
            LANES * CounterRandom.GAMMA);

    private static final long LOW = 0xffff_ffffL;
    private static final long HIGH = ~LOW;
    private static final LongVector FIRST_LOW = LongVector.broadcast(LONGS,
            CounterRandom.FIRST_FACTOR & LOW);
    private static final LongVector SECOND_LOW = LongVector.broadcast(LONGS,
            CounterRandom.SECOND_FACTOR & LOW);
    private static final IntVector FIRST_CROSSED = crossed(CounterRandom.FIRST_FACTOR);
    private static final IntVector SECOND_CROSSED = crossed(CounterRandom.SECOND_FACTOR);

    /** Bits of a draw that are compared with those of its limit, and those that are left. */
    private static final int COMPARED = 31;
    private static final int REST = CounterRandom.BITS - COMPARED;

    private VectorMasks() {}

    private static LongVector steps(int first) {
        return LongVector.broadcast(LONGS, 0).addIndex(2).add(first).mul(CounterRandom.GAMMA);
    }

    /** The upper half of a factor at the lower half of a lane, and the other way round. */
    private static IntVector crossed(long factor) {
        return LongVector.broadcast(LONGS, Long.rotateLeft(factor, Integer.SIZE))
                .reinterpretAsInts();
    }

    /** Sets bit i of {@code kept} where element i survives; bits from {@code length} on are rubbish. */
    static void draw(Keep.Random mask, long index, int length, long[] kept) {
        draw(mask, index, kept, 0, (length + Long.SIZE - 1) / Long.SIZE);
    }

    /** Draws {@code words} words of 64 elements each, into {@code kept[first]} and those behind. */
    static void draw(Keep.Random mask, long index, long[] kept, int first, int words) {
        if (mask.limit() >>> CounterRandom.BITS > 0) {
            Arrays.fill(kept, first, first + words, -1);
            return;
        }
        long start = mask.key() + index * CounterRandom.GAMMA;
        // Flipping the sign makes unsigned numbers of signed ones. The last bit of the upper half is no bit of the draw.
        int limit = (int) (mask.limit() >>> REST) << 1 ^ Integer.MIN_VALUE;
        LongVector nextEven = EVEN.add(start);
        LongVector nextOdd = ODD.add(start);
        for (int word = 0; word < words; word++) {
            long below = 0;
            long notAbove = 0;
            for (int i = 0; i < Long.SIZE; i += LANES) {
                LongVector even = nextEven;
                LongVector odd = nextOdd;
                // Not the other way round: what goes round a loop has no exact class when Java compiles it early.
                nextEven = NEXT.add(nextEven);
                nextOdd = NEXT.add(nextOdd);
                even = even.lanewise(XOR, even.lanewise(LSHR, 30));
                odd = odd.lanewise(XOR, odd.lanewise(LSHR, 30));
                LongVector crossEven = even.reinterpretAsInts()
                        .mul(FIRST_CROSSED)
                        .reinterpretAsLongs();
                LongVector crossOdd = odd.reinterpretAsInts()
                        .mul(FIRST_CROSSED)
                        .reinterpretAsLongs();
                // Java makes one instruction of a product whose factors are masked.
                even = even.and(LOW)
                        .mul(FIRST_LOW.and(LOW))
                        .add(crossEven.lanewise(LSHL, 32))
                        .add(crossEven.and(HIGH));
                odd = odd.and(LOW)
                        .mul(FIRST_LOW.and(LOW))
                        .add(crossOdd.lanewise(LSHL, 32))
                        .add(crossOdd.and(HIGH));
                even = even.lanewise(XOR, even.lanewise(LSHR, 27));
                odd = odd.lanewise(XOR, odd.lanewise(LSHR, 27));
                crossEven = even.reinterpretAsInts().mul(SECOND_CROSSED).reinterpretAsLongs();
                crossOdd = odd.reinterpretAsInts().mul(SECOND_CROSSED).reinterpretAsLongs();
                // The lower halves are rubbish from here on.
                LongVector upperEven = even.and(LOW)
                        .mul(SECOND_LOW.and(LOW))
                        .reinterpretAsInts()
                        .add(crossEven.reinterpretAsInts())
                        .add(crossEven.lanewise(LSHL, 32).reinterpretAsInts())
                        .reinterpretAsLongs();
                LongVector upperOdd = odd.and(LOW)
                        .mul(SECOND_LOW.and(LOW))
                        .reinterpretAsInts()
                        .add(crossOdd.reinterpretAsInts())
                        .add(crossOdd.lanewise(LSHL, 32).reinterpretAsInts())
                        .reinterpretAsLongs();
                IntVector upper = upperEven.lanewise(LSHR, 32)
                        .or(upperOdd.and(HIGH))
                        .reinterpretAsInts()
                        .lanewise(XOR, Integer.MIN_VALUE);
                below |= upper.compare(LT, limit).toLong() << i;
                notAbove |= upper.compare(LE, limit | 1).toLong() << i;
            }
            kept[first + word] = below == notAbove
                    ? below
                    : below | exactly(mask, index + (long) word * Long.SIZE, below ^ notAbove);
        }
    }

    /** Those elements of a word that survive, of the listed ones. */
    private static long exactly(Keep.Random mask, long index, long listed) {
        long kept = 0;
        for (long left = listed; left != 0; left &= left - 1) {
            long draw = CounterRandom.draw(mask.key(),
                    index + Long.numberOfTrailingZeros(left));
            kept |= draw < mask.limit() ? left & -left : 0;
        }
        return kept;
    }
}
