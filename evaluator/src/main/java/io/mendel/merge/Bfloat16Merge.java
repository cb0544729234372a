package io.mendel.merge;

import io.mendel.checkpoint.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.util.List;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Merges where base, parents and result are all bf16: what most checkpoints are, at twice the speed.
 *
 * <p>
 * A vector of 32-bit lanes holds two bf16 elements in each: the even one below, the odd one above. A shift makes fp32 of
 * the former, a mask of the latter, and both results are put together again without any shuffling. Rows in between
 * therefore hold a vector of even elements, then one of odd elements, in turn. Loops read the models straight from
 * memory, so that computing and reading overlap.
 */
final class Bfloat16Merge {

    /** Lanes of two elements each. */
    static final VectorSpecies<Integer> PAIRS = VectorBlocks.INTS;
    /** Bytes of a vector. */
    static final int STEP = PAIRS.vectorByteSize();
    /** The odd element of a pair. */
    static final int HIGH = 0xffff_0000;
    /** The one NaN that is stored, as fp32. */
    static final int NAN = 0x7fc0_0000;

    /** Elements whose masks are found at a time. */
    static final int PIECE = 1 << 12;
    /** Most deltas there are loops for. */
    static final int MOST_DELTAS = 3;

    /** Elements of a run of a loop without rows in between; twice as many fit an int. */
    private static final int RUN = 1 << 20;
    private static final VectorSpecies<Short> HALVES = VectorSpecies.of(short.class,
            VectorShape.forBitSize(PAIRS.vectorBitSize() / 2));

    private Bfloat16Merge() {}

    /** Merges as many elements as it can, from the first on; returns how many. */
    static int weightedSum(List<Elements> inputs, float[] coefficients, RoundedElements target) {
        if (!Bfloat16Sum.takes(inputs.size()) || !isBfloat16(target)
                || !inputs.stream().allMatch(Bfloat16Merge::isBfloat16)) {
            return 0;
        }
        long[] models = new long[inputs.size()];
        try {
            return merge(target, RUN, (from, length, block) -> {
                for (int m = 0; m < models.length; m++) {
                    models[m] = inputs.get(m).data().address() + 2L * from;
                }
                Bfloat16Sum.of(models, coefficients, block, 2 * length);
            });
        } finally {
            Reference.reachabilityFence(inputs);
        }
    }

    /** Merges as many elements as it can, from the first on; returns how many. */
    static int mergeDeltas(Elements base, List<WeightedDelta> deltas, Consensus consensus,
            float scale, long firstIndex, RoundedElements target) {
        if (deltas.size() > MOST_DELTAS || !isBfloat16(target) || !isBfloat16(base)
                || !deltas.stream().map(WeightedDelta::model).allMatch(Bfloat16Merge::isBfloat16)) {
            return 0;
        }
        try {
            return consensus == Consensus.SUM && deltas.size() == MOST_DELTAS
                    && deltas.stream().allMatch(delta -> delta.keep() instanceof Keep.All)
                            ? sumWhole(base, deltas, scale, target)
                            : combine(base, deltas, consensus, scale, firstIndex, target);
        } finally {
            Reference.reachabilityFence(base);
            Reference.reachabilityFence(deltas);
        }
    }

    private static int sumWhole(Elements base, List<WeightedDelta> deltas, float scale,
            RoundedElements target) {
        long start = base.data().address();
        long a = deltas.get(0).model().data().address();
        long b = deltas.get(1).model().data().address();
        long c = deltas.get(2).model().data().address();
        float[] factors = {deltas.get(0).factor(), deltas.get(1).factor(), deltas.get(2).factor()};
        return merge(target, RUN, (from, length, block) -> {
            long at = 2L * from;
            Bfloat16Consensus.sumWhole(start + at, a + at, b + at, c + at, factors, scale, block,
                    2 * length);
        });
    }

    private static int combine(Elements base, List<WeightedDelta> deltas, Consensus consensus,
            float scale, long firstIndex, RoundedElements target) {
        long start = base.data().address();
        Bfloat16Delta[] parents = deltas.stream()
                .map(delta -> new Bfloat16Delta(base, delta))
                .toArray(Bfloat16Delta[]::new);
        var rows = new Bfloat16Rows(start, parents, consensus, scale);
        if (parents.length < MOST_DELTAS || consensus == Consensus.SUM) {
            return merge(target, PIECE, (from, length, block) -> rows.merge(from,
                    firstIndex + from, length, block));
        }
        var election = new Bfloat16Election(start, parents, consensus, scale);
        return merge(target, PIECE, (from, length, block) -> {
            if (!election.merge(from, firstIndex + from, length, block)) {
                rows.merge(from, firstIndex + from, length, block);
            }
        });
    }

    static boolean isBfloat16(Elements elements) {
        return elements.dtype() == DType.BF16 && elements.data().isNative();
    }

    private static boolean isBfloat16(RoundedElements target) {
        return target.rounding() == DType.BF16 && target.data().isNative();
    }

    /** Merges a block to an address. */
    private interface BlockLoop {
        void run(int from, int length, long block);
    }

    /** Runs a loop over all whole vectors, at most {@code most} elements at a time; returns the number of elements. */
    private static int merge(RoundedElements target, int most, BlockLoop loop) {
        int whole = target.count() - target.count() % (2 * PAIRS.length());
        if (target.storage() == DType.BF16) {
            try {
                for (int from = 0; from < whole; from += Math.min(most, whole - from)) {
                    int length = Math.min(most, whole - from);
                    loop.run(from, length, target.data().address() + 2L * from);
                }
            } finally {
                Reference.reachabilityFence(target);
            }
            return whole;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment packed = arena.allocate(2L * PIECE, 64);
            for (int from = 0; from < whole; from += PIECE) {
                int length = Math.min(PIECE, whole - from);
                loop.run(from, length, packed.address());
                widen(packed, length, target.data(), 4L * from);
            }
        }
        return whole;
    }

    private static void widen(MemorySegment packed, int length, MemorySegment target, long start) {
        for (int i = 0; i < length; i += PAIRS.length()) {
            var halves = ShortVector.fromMemorySegment(HALVES, packed, 2L * i,
                    ByteOrder.LITTLE_ENDIAN);
            ((IntVector) halves.convertShape(VectorOperators.ZERO_EXTEND_S2I, PAIRS, 0))
                    .lanewise(VectorOperators.LSHL, 16)
                    .intoMemorySegment(target, start + 4L * i, ByteOrder.LITTLE_ENDIAN);
        }
    }
}
