package io.mendel.merge;

import io.mendel.merge.MergeOperation.Delta;
import io.mendel.merge.MergeOperation.Sparsity;
import java.util.ArrayList;
import java.util.List;

/**
 * Generalised task arithmetic: base + λ · consensus of the weighted, sparsified deltas.
 *
 * @param trim how deltas are sparsified
 * @param elects whether the deltas elect a sign for each element
 */
record DeltaMethod(Trim trim, boolean elects) implements MethodArithmetic {

    /** How deltas are sparsified. */
    enum Trim {
        NONE, MAGNITUDE, BAND, RANDOM, RANDOM_BY_RANK
    }

    @Override
    public MergeOperation operation(ResolvedParameters parameters) throws MergeException {
        Rescale rescale = Rescale.of(parameters);
        List<Delta> deltas = new ArrayList<>();
        double sum = 0;
        for (TensorInput parent : parameters.parents()) {
            double weight = parameters.of(parent, "weight");
            sum += weight;
            deltas.add(new Delta(weight, sparsity(parameters, parent), rescale));
        }
        double scale = parameters.global("lambda");
        boolean normalize = parameters.flag("normalize");
        if (elects) {
            return new MergeOperation.DeltaMerge(deltas,
                    normalize ? Consensus.ELECTED_MEAN : Consensus.ELECTED_SUM,
                    scale);
        }
        boolean divides = normalize && Math.abs(sum) >= 1e-8;
        return new MergeOperation.DeltaMerge(deltas, Consensus.SUM, divides ? scale / sum : scale);
    }

    private Sparsity sparsity(ResolvedParameters parameters, TensorInput parent)
            throws MergeException {
        if (trim == Trim.NONE) {
            return new Sparsity.None();
        }
        double density = parameters.of(parent, "density");
        if (density >= 1) {
            return new Sparsity.None();
        }
        long seed = parameters.recipe().seed();
        return switch (trim) {
            case NONE -> new Sparsity.None();
            case MAGNITUDE -> new Sparsity.Magnitude(density);
            case BAND -> {
                double gamma = parameters.of(parent, "gamma");
                yield parameters.word("scope").equals("row")
                        ? new Sparsity.RowBand(density, gamma)
                        : new Sparsity.Band(density, gamma);
            }
            case RANDOM -> new Sparsity.Random(density, seed);
            case RANDOM_BY_RANK ->
                new Sparsity.RandomByRank(density, parameters.of(parent, "epsilon"), seed);
        };
    }
}
