package io.mendel.merge;

import io.mendel.checkpoint.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the form of an operation that a device does in one launch. */
final class Fusion {

    private Fusion() {}

    /** The form for any run; null if there is none, or if it must be told for each run what is kept. */
    static @Nullable FusedMerge of(ResolvedMerge operation) {
        return switch (operation) {
            case ResolvedMerge.Copy() -> new FusedMerge.Sum(new float[]{1});
            case ResolvedMerge.Sum(float[] coefficients) -> new FusedMerge.Sum(coefficients);
            case ResolvedMerge.Blocks(BlockFunction function, long unit) ->
                function instanceof FusedFunction(var plain, FusedMerge fused) ? fused : null;
            case ResolvedMerge.Deltas(var deltas, var consensus, float scale, long unit) -> {
                var fused = new ArrayList<FusedMerge.Delta>();
                for (ResolvedMerge.Delta delta : deltas) {
                    if (delta.keep() instanceof KeepRule.Always(Keep keep)) {
                        fused.add(new FusedMerge.Delta(keep, delta.factor(), delta.weight()));
                    }
                }
                yield fused.size() == deltas.size()
                        ? new FusedMerge.Deltas(fused, consensus, scale)
                        : null;
            }
        };
    }

    /** The form for one run, with what is kept told if need be; null if there is none. */
    static @Nullable FusedMerge of(ResolvedMerge operation, List<Tensor> inputs, long from,
            int count) {
        FusedMerge any = of(operation);
        if (any == null
                && operation instanceof ResolvedMerge.Deltas(var deltas, var consensus, float scale, long unit)) {
            var fused = new ArrayList<FusedMerge.Delta>();
            Elements base = TensorElements.of(inputs.getFirst(), from, count);
            for (int m = 0; m < deltas.size(); m++) {
                ResolvedMerge.Delta delta = deltas.get(m);
                Keep keep = delta.keep()
                        .keep(base, TensorElements.of(inputs.get(m + 1), from, count), from);
                fused.add(new FusedMerge.Delta(keep, delta.factor(), delta.weight()));
            }
            return new FusedMerge.Deltas(fused, consensus, scale);
        }
        return any;
    }
}
