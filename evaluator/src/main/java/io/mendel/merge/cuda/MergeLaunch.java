package io.mendel.merge.cuda;

import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;
import io.mendel.merge.Consensus;
import io.mendel.merge.FusedMerge;
import io.mendel.merge.Keep;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells a merging kernel what to do with a slice.
 *
 * @param merge what is done
 * @param types of the inputs
 * @param rounding the type that results are rounded to
 * @param storage the type they are stored as
 * @param masks for each delta the bits that stand for its random mask, or null; empty if there are none
 * @param elements of a whole tensor
 */
record MergeLaunch(FusedMerge merge, List<DType> types, DType rounding, DType storage,
        List<ResidentBlocks.@Nullable Lease> masks, long elements) {

    private static final int TABLE = 8;
    private static final int FIRST_INDEX = 16;
    private static final int ROW = 24;
    private static final int THRESHOLD = 32;
    private static final int COUNT = 40;
    private static final int CHOICE = 56;
    private static final int SCALE = 60;
    private static final int BASE = 64;
    private static final int TERM = 80;
    private static final int TERM_BYTES = 88;
    private static final int KEEP = 16;
    private static final int FACTOR = 80;
    private static final int WEIGHT = 84;
    private static final long BYTES = TERM + (long) Kernel.MOST_TERMS * TERM_BYTES;

    /** Whether kernels know these inputs. */
    static boolean knows(List<Tensor> inputs) {
        return inputs.size() <= Kernel.MOST_TERMS
                && inputs.stream().allMatch(input -> input.info().dtype().isFloat());
    }

    Kernel kernel() {
        return switch (merge) {
            case FusedMerge.Sum sum -> Kernel.sum(types);
            case FusedMerge.Deltas deltas -> Kernel.deltas(types);
            case FusedMerge.Swap swap -> Kernel.method("near_swap");
            case FusedMerge.Active active -> Kernel.method("ram");
            case FusedMerge.Selected selected -> Kernel.method("sce");
            case FusedMerge.Fusion fusion -> Kernel.method("arcee_fusion");
            case FusedMerge.Reliant reliant -> Kernel.method("consensus_mask");
            case FusedMerge.Masked masked -> Kernel.method("masked_soup");
            case FusedMerge.Columns columns -> Kernel.method("column_nuslerp");
        };
    }

    /** Whether the first input is the base, and not the first term. */
    private boolean hasBase() {
        return switch (merge) {
            case FusedMerge.Sum sum -> false;
            case FusedMerge.Masked masked -> false;
            case FusedMerge.Columns columns -> columns.deltas();
            case FusedMerge.Deltas deltas -> true;
            case FusedMerge.Swap swap -> true;
            case FusedMerge.Active active -> true;
            case FusedMerge.Selected selected -> true;
            case FusedMerge.Fusion fusion -> true;
            case FusedMerge.Reliant reliant -> true;
        };
    }

    /** What a slice stages besides its inputs. */
    long extraBytes(long first, int count) {
        return switch (merge) {
            case FusedMerge.Deltas deltas -> deltas.deltas()
                    .stream()
                    .mapToLong(delta -> Parameters.room(delta.keep(), first, count))
                    .sum();
            case FusedMerge.Masked masked -> Parameters.room(masked.keep(), first, count);
            case FusedMerge.Fusion fusion -> Slot.room(rows(fusion, first, count).byteSize());
            case FusedMerge.Columns columns ->
                Slot.room((long) Float.BYTES * columns.factors().length);
            case FusedMerge.Sum sum -> 0;
            case FusedMerge.Swap swap -> 0;
            case FusedMerge.Active active -> 0;
            case FusedMerge.Selected selected -> 0;
            case FusedMerge.Reliant reliant -> 0;
        };
    }

    private static MemorySegment rows(FusedMerge.Fusion fusion, long first, int count) {
        long line = first / fusion.row();
        long end = (first + count - 1) / fusion.row() + 1;
        return MemorySegment.ofArray(fusion.divergences())
                .asSlice(line * Float.BYTES, (end - line) * Float.BYTES);
    }

    /** The kernel's parameters; lists and tables are staged in the slot. */
    MemorySegment parameters(Arena arena, Slot slot, long[] addresses, long target, long first,
            int count) {
        var parameters = new Parameters(arena, BYTES);
        int bases = hasBase() ? 1 : 0;
        parameters.put(0, target)
                .put(FIRST_INDEX, first)
                .put(COUNT, count)
                .put(COUNT + 4, addresses.length - bases)
                .put(COUNT + 8, Parameters.code(rounding))
                .put(COUNT + 12, Parameters.code(storage));
        if (bases == 1) {
            parameters.elements(BASE, addresses[0], types.getFirst());
        }
        for (int m = bases; m < addresses.length; m++) {
            parameters.elements(term(m - bases), addresses[m], types.get(m));
        }
        describe(parameters, slot, first, count);
        return parameters.memory();
    }

    private static long term(int m) {
        return TERM + (long) m * TERM_BYTES;
    }

    private void describe(Parameters parameters, Slot slot, long first, int count) {
        switch (merge) {
            case FusedMerge.Sum(float[] coefficients) -> factors(parameters, coefficients);
            case FusedMerge.Deltas(var deltas, var consensus, float scale) -> {
                parameters.put(CHOICE, code(consensus)).put(SCALE, scale);
                for (int m = 0; m < deltas.size(); m++) {
                    FusedMerge.Delta delta = deltas.get(m);
                    keep(parameters, m, delta.keep(), first, count, slot);
                    parameters.put(term(m) + FACTOR, delta.factor())
                            .put(term(m) + WEIGHT, delta.weight());
                }
            }
            case FusedMerge.Swap(float limit) -> parameters.put(SCALE, limit);
            case FusedMerge.Active(float limit, float[] factors) ->
                factors(parameters.put(SCALE, limit), factors);
            case FusedMerge.Selected(Keep.Largest selected, float[] weights) -> {
                parameters.keep(term(0) + KEEP, selected, first, count, slot);
                weights(parameters, weights);
            }
            case FusedMerge.Fusion fusion -> {
                MemorySegment rows = rows(fusion, first, count);
                long line = first / fusion.row();
                parameters.put(TABLE, slot.put(rows) - line * Float.BYTES)
                        .put(ROW, (long) fusion.row())
                        .put(THRESHOLD, fusion.threshold());
            }
            case FusedMerge.Reliant(float[] weights, float[] lambdas, int k, float scale) -> {
                factors(parameters.put(CHOICE, k).put(SCALE, scale), weights);
                weights(parameters, lambdas);
            }
            case FusedMerge.Masked(float[] weights, boolean intersection, Keep keep) -> {
                factors(parameters.put(CHOICE, intersection ? 1 : 0), weights);
                parameters.keep(term(0) + KEEP, keep, first, count, slot);
            }
            case FusedMerge.Columns(int columns, float[] factors, boolean deltas) ->
                parameters.put(TABLE, slot.put(MemorySegment.ofArray(factors)))
                        .put(ROW, (long) columns)
                        .put(CHOICE, deltas ? 1 : 0);
        }
    }

    private static int code(Consensus consensus) {
        return switch (consensus) {
            case SUM -> 0;
            case ELECTED_SUM -> 1;
            case ELECTED_MEAN -> 2;
        };
    }

    private void keep(Parameters parameters, int m, Keep keep, long first, int count, Slot slot) {
        ResidentBlocks.Lease mask = masks.isEmpty() ? null : masks.get(m);
        if (mask == null) {
            parameters.keep(term(m) + KEEP, keep, first, count, slot);
        } else {
            parameters.listed(term(m) + KEEP, mask.address(), RandomMasks.bytes(elements), first);
        }
    }

    private static void factors(Parameters parameters, float[] factors) {
        for (int m = 0; m < factors.length; m++) {
            parameters.put(term(m) + FACTOR, factors[m]);
        }
    }

    private static void weights(Parameters parameters, float[] weights) {
        for (int m = 0; m < weights.length; m++) {
            parameters.put(term(m) + WEIGHT, weights[m]);
        }
    }
}
