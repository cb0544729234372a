package io.mendel.merge;

import static io.mendel.checkpoint.NativeMemory.MEMORY;

import io.mendel.checkpoint.DType;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Moves blocks of at most {@link VectorMergeKernels#BLOCK} elements between memory and padded fp32 arrays. */
final class VectorBlocks {

    static final VectorSpecies<Integer> INTS = VectorMergeKernels.FLOATS.withLanes(int.class);

    private static final VectorSpecies<Float> FLOATS = VectorMergeKernels.FLOATS;
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class,
            VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
    private static final VectorSpecies<Double> DOUBLES = FLOATS.withLanes(double.class);
    private static final VectorSpecies<Float> HALF_FLOATS = VectorSpecies.of(float.class,
            VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
    private static final int LANES = FLOATS.length();
    private static final int INFINITY_BITS = 0x7f80_0000;
    private static final int NAN_BITS = 0x7fc0_0000;

    private VectorBlocks() {}

    /** Receives half-precision elements on their way, if there are any. */
    static short[] scratch(DType dtype) {
        return new short[dtype == DType.F16 ? VectorMergeKernels.BLOCK : 0];
    }

    /** The bit patterns of {@code |model - base|}, with one pattern for all NaN. */
    static void magnitudes(float[] base, float[] model, int length, int[] bits) {
        for (int i = 0; i < length; i += LANES) {
            IntVector magnitude = FloatVector.fromArray(FLOATS, model, i)
                    .sub(FloatVector.fromArray(FLOATS, base, i))
                    .reinterpretAsInts()
                    .and(0x7fff_ffff);
            magnitude.blend(NAN_BITS, magnitude.compare(VectorOperators.GT, INFINITY_BITS))
                    .intoArray(bits, i);
        }
    }

    static void widen(Elements source, int from, int length, short[] halves, float[] target) {
        switch (source.dtype()) {
            case BF16 -> widenBfloat16(source.data(), 2L * from, length, target);
            case F32 ->
                MemorySegment.copy(source.data(), Elements.FLOAT, 4L * from, target, 0, length);
            case F16 -> {
                MemorySegment.copy(source.data(), Elements.SHORT, 2L * from, halves, 0, length);
                // The compiler makes vectors of it; the Vector API has no such conversion.
                for (int i = 0; i < length; i++) {
                    target[i] = Float.float16ToFloat(halves[i]);
                }
            }
            case F64, I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> {
                for (int i = 0; i < length; i++) {
                    target[i] = source.get(from + i);
                }
            }
        }
    }

    private static void widenBfloat16(MemorySegment data, long offset, int length, float[] target) {
        int whole = data.isNative() ? length - length % LANES : 0;
        try {
            widenBfloat16(data.address() + offset, whole, target);
        } finally {
            Reference.reachabilityFence(data);
        }
        for (int i = whole; i < length; i++) {
            target[i] = Rounding.fromBfloat16(data.get(Elements.SHORT, offset + 2L * i));
        }
    }

    private static void widenBfloat16(long source, int length, float[] target) {
        for (int i = 0; i < length; i += LANES) {
            var shorts = ShortVector.fromMemorySegment(SHORTS, MEMORY, source + 2L * i,
                    ByteOrder.LITTLE_ENDIAN);
            ((IntVector) shorts.convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0))
                    .lanewise(VectorOperators.LSHL, 16)
                    .reinterpretAsFloats()
                    .intoArray(target, i);
        }
    }

    /** Rounds a block and stores it; may change the block. */
    static void store(float[] block, int length, RoundedElements target, int from,
            short[] halves) {
        if (target.storage() == DType.F16) {
            unifyNan(block, length);
            narrow(block, length, halves);
            MemorySegment.copy(halves, 0, target.data(), Elements.SHORT, 2L * from, length);
        } else if (target.storage() == DType.BF16) {
            storeBfloat16(block, length, target.data(), 2L * from);
        } else {
            if (target.rounding() == DType.BF16) {
                roundToBfloat16(block, length);
            } else if (target.rounding() == DType.F16) {
                for (int i = 0; i < length; i++) {
                    block[i] = Rounding.round(block[i], DType.F16);
                }
            } else {
                unifyNan(block, length);
            }
            MemorySegment.copy(block, 0, target.data(), Elements.FLOAT, 4L * from, length);
        }
    }

    private static void storeBfloat16(float[] block, int length, MemorySegment data, long offset) {
        int whole = data.isNative() ? length - length % LANES : 0;
        try {
            storeBfloat16(block, whole, data.address() + offset);
        } finally {
            Reference.reachabilityFence(data);
        }
        for (int i = whole; i < length; i++) {
            data.set(Elements.SHORT, offset + 2L * i, Rounding.toBfloat16(block[i]));
        }
    }

    private static void storeBfloat16(float[] block, int length, long target) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector values = FloatVector.fromArray(FLOATS, block, i);
            IntVector bits = values.reinterpretAsInts();
            bits = bits.add(bits.lanewise(VectorOperators.LSHR, 16).and(1))
                    .add(0x7fff)
                    .blend(NAN_BITS, values.compare(VectorOperators.NE, values).cast(INTS))
                    .lanewise(VectorOperators.LSHR, 16);
            ((ShortVector) bits.convertShape(VectorOperators.I2S, SHORTS, 0)).intoMemorySegment(
                    MEMORY, target + 2L * i, ByteOrder.LITTLE_ENDIAN);
        }
    }

    private static void roundToBfloat16(float[] block, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector values = FloatVector.fromArray(FLOATS, block, i);
            IntVector bits = values.reinterpretAsInts();
            bits.add(bits.lanewise(VectorOperators.LSHR, 16).and(1))
                    .add(0x7fff)
                    .blend(NAN_BITS, values.compare(VectorOperators.NE, values).cast(INTS))
                    .and(0xffff_0000)
                    .reinterpretAsFloats()
                    .intoArray(block, i);
        }
    }

    private static void narrow(float[] block, int length, short[] halves) {
        for (int i = 0; i < length; i++) {
            halves[i] = Float.floatToFloat16(block[i]);
        }
    }

    private static void unifyNan(float[] block, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector values = FloatVector.fromArray(FLOATS, block, i);
            values.blend(Float.NaN, values.compare(VectorOperators.NE, values)).intoArray(block, i);
        }
    }

    /** Adds product i to sum i mod 8; blocks start at multiples of 8. */
    static void addProducts(float[] a, float[] b, int length, double[] sums) {
        int whole = length - length % 8;
        for (int part = 0; part < 8; part += DOUBLES.length()) {
            DoubleVector sum = DoubleVector.fromArray(DOUBLES, sums, part);
            for (int i = 0; i < whole; i += 8) {
                var left = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, a, i + part)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0);
                var right = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, b, i + part)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0);
                sum = left.mul(right).add(sum);
            }
            sum.intoArray(sums, part);
        }
        for (int i = whole; i < length; i++) {
            sums[i % 8] += (double) a[i] * b[i];
        }
    }

    /** Adds products a·a, a·b, b·b of element i to sum i mod 8 of the three rows, as {@link #addProducts} does. */
    static void addGram(float[] a, float[] b, int length, double[][] sums) {
        int whole = length - length % 8;
        for (int part = 0; part < 8; part += DOUBLES.length()) {
            DoubleVector aa = DoubleVector.fromArray(DOUBLES, sums[0], part);
            DoubleVector ab = DoubleVector.fromArray(DOUBLES, sums[1], part);
            DoubleVector bb = DoubleVector.fromArray(DOUBLES, sums[2], part);
            for (int i = 0; i < whole; i += 8) {
                var left = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, a, i + part)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0);
                var right = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, b, i + part)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0);
                aa = left.mul(left).add(aa);
                ab = left.mul(right).add(ab);
                bb = right.mul(right).add(bb);
            }
            aa.intoArray(sums[0], part);
            ab.intoArray(sums[1], part);
            bb.intoArray(sums[2], part);
        }
        for (int i = whole; i < length; i++) {
            sums[0][i % 8] += (double) a[i] * a[i];
            sums[1][i % 8] += (double) a[i] * b[i];
            sums[2][i % 8] += (double) b[i] * b[i];
        }
    }

    /** Adds magnitude i to sum i mod 8; blocks start at multiples of 8. */
    static void addMagnitudes(float[] values, int length, double[] sums) {
        int whole = length - length % 8;
        for (int part = 0; part < 8; part += DOUBLES.length()) {
            DoubleVector sum = DoubleVector.fromArray(DOUBLES, sums, part);
            for (int i = 0; i < whole; i += 8) {
                var wide = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, values, i + part)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0);
                sum = wide.abs().add(sum);
            }
            sum.intoArray(sums, part);
        }
        for (int i = whole; i < length; i++) {
            sums[i % 8] += Math.abs((double) values[i]);
        }
    }

    /** The sums, added in order. */
    static double total(double[] sums) {
        double total = 0;
        for (double sum : sums) {
            total += sum;
        }
        return total;
    }
}
