package io.mendel.merge;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.UnusableTensorException;
import io.mendel.merge.MergeOperation.Sparsity;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Makes sure that no weight that is merged is NaN or infinite, tensor by tensor.
 *
 * <p>
 * Reading a tensor takes longer than testing it, so it is tested when it is merged, or what is computed from it tells, see
 * {@link Evidence}. Thread-safe.
 */
final class FiniteInputs {

    private final Map<String, Checkpoint> parents;
    private final boolean known;
    private final Set<TensorInput> tested = ConcurrentHashMap.newKeySet();

    private FiniteInputs(Map<String, Checkpoint> parents, boolean known) {
        this.parents = parents;
        this.known = known;
    }

    /** Inputs that somebody has tested. */
    static FiniteInputs known() {
        return new FiniteInputs(Map.of(), true);
    }

    /** Inputs of which nothing is known. */
    static FiniteInputs untested(Map<String, Checkpoint> parents) {
        return new FiniteInputs(parents, false);
    }

    /**
     * Tests what a tensor is merged from.
     *
     * @throws UnusableTensorException if an element is NaN or infinite
     */
    void require(TensorMerge merge) {
        if (known) {
            return;
        }
        for (TensorInput input : merge.inputs()) {
            if (!tested.contains(input)) {
                Objects.requireNonNull(parents.get(input.model())).requireFinite(input.tensor());
                tested.add(input);
            }
        }
    }

    /** What tells whether all that a tensor is merged from is finite. */
    enum Evidence {
        /** It was tested. */
        TESTED,
        /** The L1 norms of the deltas, which the merge needs anyway. */
        NORMS,
        /** The merged elements: a NaN or infinity in an input always makes one of the result, too. */
        RESULT,
        /** Nothing but a {@link FiniteInputs#require test}. */
        NONE
    }

    Evidence evidence(TensorMerge merge) {
        if (known || tested.containsAll(merge.inputs())) {
            return Evidence.TESTED;
        }
        return switch (merge.operation()) {
            case MergeOperation.Copy _,MergeOperation.WeightedSum _,MergeOperation.Combination _,MergeOperation.DeltaCombination _ ->
                Evidence.RESULT;
            case MergeOperation.DeltaMerge(var deltas, var consensus, double scale) -> {
                if (consensus == Consensus.SUM && deltas.stream()
                        .allMatch(delta -> delta.sparsity() instanceof Sparsity.None)) {
                    yield Evidence.RESULT;
                }
                yield !deltas.isEmpty()
                        && deltas.stream()
                                .allMatch(delta -> delta.rescale() == Rescale.L1
                                        && delta.sparsity() instanceof Sparsity.Random)
                                                ? Evidence.NORMS
                                                : Evidence.NONE;
            }
            case MergeOperation.Blocks _,MergeOperation.Global _ -> Evidence.NONE;
        };
    }

    /** Tests ahead as long as there is time: the largest first, which no cache holds anyway. */
    void requireWhile(Collection<TensorMerge> merges, BooleanSupplier hasTime) {
        List<TensorMerge> largestFirst = merges.stream()
                .sorted(Comparator.comparingLong(merge -> -merge.output().byteSize()))
                .toList();
        for (TensorMerge merge : largestFirst) {
            if (!hasTime.getAsBoolean()) {
                return;
            }
            if (evidence(merge) == Evidence.NONE) {
                require(merge);
            }
        }
    }
}
