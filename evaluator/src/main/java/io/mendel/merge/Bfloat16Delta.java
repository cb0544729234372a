package io.mendel.merge;

import static io.mendel.checkpoint.NativeMemory.MEMORY;
import static io.mendel.merge.Bfloat16Merge.HIGH;
import static io.mendel.merge.Bfloat16Merge.PAIRS;
import static io.mendel.merge.Bfloat16Merge.PIECE;
import static io.mendel.merge.VectorMergeKernels.FLOATS;
import static io.mendel.merge.VectorMergeKernels.LANES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** A bf16 parent's sparsified, weighted delta, piece by piece, in the order of {@link Bfloat16Merge}. */
final class Bfloat16Delta {

    static final int MAGNITUDE = 0x7fff_ffff;
    static final int INFINITY_BITS = 0x7f80_0000;
    /** In each lane the bit of its even element in a mask of 2 · LANES bits. */
    static final IntVector EVEN_BITS = IntVector.fromArray(PAIRS, laneBits(0), 0);
    static final IntVector ODD_BITS = IntVector.fromArray(PAIRS, laneBits(1), 0);

    private final MemorySegment base;
    private final MemorySegment model;
    private final Keep keep;
    private final float factor;
    private final float weight;
    private final long[] kept = new long[PIECE / Long.SIZE];
    private int offset;
    private int span;

    Bfloat16Delta(Elements base, WeightedDelta delta) {
        this.base = base.data();
        this.model = delta.model().data();
        this.keep = delta.keep();
        this.factor = delta.factor();
        this.weight = delta.weight();
    }

    long address() {
        return model.address();
    }

    float factor() {
        return factor;
    }

    float weight() {
        return weight;
    }

    /** Bit i is set if element i of the piece of the last {@link #findMask} survives. */
    long[] kept() {
        return kept;
    }

    /** What {@link #findBand} found. */
    int offset() {
        return offset;
    }

    /** What {@link #findBand} found. */
    int span() {
        return span;
    }

    private static int[] laneBits(int odd) {
        int[] bits = new int[LANES];
        Arrays.setAll(bits, lane -> 1 << (2 * lane + odd));
        return bits;
    }

    /**
     * Finds the band of magnitudes that survive in a piece: those for which {@code magnitude - offset <= span}.
     *
     * @param index flat index of the piece's first element in the tensor
     * @return false if a band does not tell
     */
    boolean findBand(long index, int length) {
        return switch (keep) {
            case Keep.All all -> setBand(0, MAGNITUDE);
            case Keep.Largest largest ->
                isPlain(largest, index, length) && setBand(threshold(largest, index), MAGNITUDE);
            case Keep.Band(Keep.Largest outer, Keep.Largest dropped) ->
                isPlain(outer, index, length) && isPlain(dropped, index, length)
                        && threshold(outer, index) < threshold(dropped, index)
                        && setBand(threshold(outer, index), threshold(dropped, index) - 1);
            case Keep.Random mask -> false;
            case Keep.Listed listed -> false;
        };
    }

    /** Magnitudes from {@code smallest} to {@code largest}, which is not less, survive. */
    private boolean setBand(int smallest, int largest) {
        // What is too small wraps around to the largest numbers: one comparison tells of both ends.
        offset = smallest + Integer.MIN_VALUE;
        span = largest - smallest + Integer.MIN_VALUE;
        return true;
    }

    /**
     * Finds the bits of the elements of a piece that survive.
     *
     * @param from the piece's first element in the run
     * @param index its flat index in the tensor
     */
    void findMask(int from, long index, int length) {
        switch (keep) {
            case Keep.Random mask -> VectorMasks.draw(mask, index, length, kept);
            case Keep.Listed listed -> listed.copyTo(kept, index, length);
            case Keep.All all -> findMaskByMagnitude(from, index, length);
            case Keep.Largest largest -> findMaskByMagnitude(from, index, length);
            case Keep.Band band -> findMaskByMagnitude(from, index, length);
        }
    }

    /**
     * Fills a row with {@code keep(x - base) · factor}, −0 where nothing is kept.
     *
     * @param from the row's first element in the run
     * @param index its flat index in the tensor
     * @param length its number of elements, a multiple of 2 · LANES
     */
    void weigh(int from, long index, int length, float[] row) {
        if (findBand(index, length)) {
            weighBand(base.address() + 2L * from, model.address() + 2L * from, offset, span,
                    factor, row, length);
        } else {
            findMask(from, index, length);
            weighMasked(base.address() + 2L * from, model.address() + 2L * from, kept, factor, row,
                    length);
        }
    }

    /** The smallest magnitude that survives where the cut is not inside the block. */
    private static int threshold(Keep.Largest largest, long index) {
        return largest.cut() <= index ? largest.bits() + 1 : largest.bits();
    }

    /** Whether a comparison tells what survives: not with the cut inside the block, nor with NaN, which has many bits. */
    private static boolean isPlain(Keep.Largest largest, long index, int length) {
        return (largest.cut() <= index || largest.cut() >= index + length)
                && threshold(largest, index) <= INFINITY_BITS;
    }

    /** For the few pieces with a cut inside, and for thresholds that are NaN. */
    private void findMaskByMagnitude(int from, long index, int length) {
        Arrays.fill(kept, 0);
        for (int i = 0; i < length; i++) {
            float delta = element(model, from + i) - element(base, from + i);
            // Every NaN has the same bits here.
            if (survives(Float.floatToIntBits(delta) & MAGNITUDE, index + i)) {
                kept[i / Long.SIZE] |= 1L << i;
            }
        }
    }

    private static float element(MemorySegment data, int index) {
        return Rounding.fromBfloat16(data.get(Elements.SHORT, 2L * index));
    }

    private boolean survives(int bits, long index) {
        return switch (keep) {
            case Keep.Largest largest -> isAmong(largest, bits, index);
            case Keep.Band(Keep.Largest outer, Keep.Largest dropped) ->
                isAmong(outer, bits, index) && !isAmong(dropped, bits, index);
            case Keep.All all -> true;
            case Keep.Listed listed -> throw new IllegalStateException("has no threshold");
            case Keep.Random random -> throw new IllegalStateException("has no threshold");
        };
    }

    private static boolean isAmong(Keep.Largest largest, int bits, long index) {
        return bits > largest.bits() || (bits == largest.bits() && index < largest.cut());
    }

    private static void weighBand(long base, long model, int offset,
            int span, float factor, float[] row, int length) {
        for (int i = 0; i < length; i += 2 * LANES) {
            IntVector pairBase = IntVector.fromMemorySegment(PAIRS, MEMORY, base + 2L * i,
                    LITTLE_ENDIAN);
            IntVector pair = IntVector.fromMemorySegment(PAIRS, MEMORY, model + 2L * i,
                    LITTLE_ENDIAN);
            FloatVector even = pair.lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .sub(pairBase.lanewise(LSHL, 16).reinterpretAsFloats());
            even.mul(factor)
                    .blend(-0.0f, even.reinterpretAsInts()
                            .and(MAGNITUDE)
                            .sub(offset)
                            .compare(GT, span)
                            .cast(FLOATS))
                    .intoArray(row, i);
            FloatVector odd = pair.and(HIGH)
                    .reinterpretAsFloats()
                    .sub(pairBase.and(HIGH).reinterpretAsFloats());
            odd.mul(factor)
                    .blend(-0.0f, odd.reinterpretAsInts()
                            .and(MAGNITUDE)
                            .sub(offset)
                            .compare(GT, span)
                            .cast(FLOATS))
                    .intoArray(row, i + LANES);
        }
    }

    private static void weighMasked(long base, long model,
            long[] kept, float factor, float[] row, int length) {
        for (int i = 0; i < length; i += 2 * LANES) {
            IntVector pairBase = IntVector.fromMemorySegment(PAIRS, MEMORY, base + 2L * i,
                    LITTLE_ENDIAN);
            IntVector pair = IntVector.fromMemorySegment(PAIRS, MEMORY, model + 2L * i,
                    LITTLE_ENDIAN);
            IntVector mask = IntVector.broadcast(PAIRS, (int) (kept[i / Long.SIZE] >>> i));
            pair.lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .sub(pairBase.lanewise(LSHL, 16).reinterpretAsFloats())
                    .mul(factor)
                    .blend(-0.0f, mask.and(EVEN_BITS).compare(EQ, 0).cast(FLOATS))
                    .intoArray(row, i);
            pair.and(HIGH)
                    .reinterpretAsFloats()
                    .sub(pairBase.and(HIGH).reinterpretAsFloats())
                    .mul(factor)
                    .blend(-0.0f, mask.and(ODD_BITS).compare(EQ, 0).cast(FLOATS))
                    .intoArray(row, i + LANES);
        }
    }
}
