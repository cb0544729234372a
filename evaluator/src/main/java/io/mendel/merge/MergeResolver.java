package io.mendel.merge;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.merge.MergeOperation.Sparsity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.IntStream;

/** Turns symbolic operations into scalars, with the help of statistics. */
final class MergeResolver {

    private static final double SMALLEST_NORM = 1e-7;

    private final Map<String, Checkpoint> parents;
    private final StatisticsStore statistics;
    private final MergeKernels kernels;
    private final Workers workers;
    private final int chunk;
    private final ConcurrentMap<TensorMerge, BlockFunction> blockFunctions = new ConcurrentHashMap<>();
    private final ConcurrentMap<TensorMerge, ResolvedMerge> surveyed = new ConcurrentHashMap<>();

    MergeResolver(Map<String, Checkpoint> parents, StatisticsStore statistics, MergeKernels kernels,
            Workers workers,
            int chunk) {
        this.parents = parents;
        this.statistics = statistics;
        this.kernels = kernels;
        this.workers = workers;
        this.chunk = chunk;
    }

    /** Looks at the tensors of {@link GlobalMerge global} methods, group by group; the caller is not a worker. */
    void survey(List<TensorMerge> merges) {
        GlobalInputs.groups(merges, this::blockInputs, workers)
                .forEach(group -> surveyed.putAll(group.resolve()));
    }

    /** Computes the statistics that a tensor needs, so that {@link #resolve} finds them. */
    void prepare(TensorMerge merge) {
        switch (merge.operation()) {
            case MergeOperation.Copy() -> {
            }
            case MergeOperation.WeightedSum weightedSum -> {
            }
            case MergeOperation.Combination combination -> resolve(merge);
            case MergeOperation.DeltaCombination combination -> resolve(merge);
            case MergeOperation.Blocks blocks -> resolve(merge);
            case MergeOperation.Global global -> {
            }
            case MergeOperation.DeltaMerge(var deltas, var consensus, var scale) -> {
                for (int m = 0; m < deltas.size(); m++) {
                    MergeOperation.Delta delta = deltas.get(m);
                    if (delta.sparsity() instanceof Sparsity.Magnitude(double density)) {
                        largest(merge, m, density);
                    } else if (delta.sparsity() instanceof Sparsity.Band band) {
                        band(merge, m, band);
                    }
                    // Without files, they are found along with the norms of what is kept.
                    if (statistics.isKept() && delta.rescale() == Rescale.L1
                            && !(delta.sparsity() instanceof Sparsity.None)) {
                        norm(merge, m);
                    }
                }
            }
        }
    }

    ResolvedMerge resolve(TensorMerge merge) {
        return switch (merge.operation()) {
            case MergeOperation.Copy() -> new ResolvedMerge.Copy();
            case MergeOperation.WeightedSum(var coefficients) -> new ResolvedMerge.Sum(
                    rounded(coefficients.stream().mapToDouble(Double::doubleValue).toArray()));
            case MergeOperation.Combination(CombinationMerge rule) ->
                new ResolvedMerge.Sum(
                        rounded(rule.coefficients(gram(merge), merge.inputs().size())));
            case MergeOperation.DeltaCombination(CombinationMerge rule) -> {
                GramMatrix all = gram(merge);
                float[] coefficients = rounded(rule.coefficients(all.deltas(),
                        merge.inputs().size() - 1));
                var resolved = new ArrayList<ResolvedMerge.Delta>();
                for (float coefficient : coefficients) {
                    resolved.add(new ResolvedMerge.Delta(KeepRule.always(new Keep.All()),
                            coefficient, coefficient));
                }
                yield new ResolvedMerge.Deltas(resolved, Consensus.SUM, 1);
            }
            case MergeOperation.Blocks(BlockMerge rule) -> new ResolvedMerge.Blocks(
                    blockFunctions.computeIfAbsent(merge, m -> rule.resolve(blockInputs(m))),
                    rule.unit(merge.output()));
            case MergeOperation.Global global -> Objects.requireNonNull(surveyed.get(merge));
            case MergeOperation.DeltaMerge(var deltas, var consensus, double scale) -> {
                var resolved = new ArrayList<ResolvedMerge.Delta>();
                for (int m = 0; m < deltas.size(); m++) {
                    // A plain sum needs no divisor, so its scale joins the factors.
                    double outer = consensus == Consensus.SUM ? scale : 1;
                    resolved.add(resolve(merge, m, deltas.get(m), outer));
                }
                yield new ResolvedMerge.Deltas(resolved, consensus,
                        consensus == Consensus.SUM ? 1 : (float) scale,
                        unit(deltas, merge.output()));
            }
        };
    }

    private static long unit(List<MergeOperation.Delta> deltas, TensorInfo output) {
        return deltas.stream().mapToLong(delta -> row(delta.sparsity(), output)).max().orElse(1);
    }

    /** Elements that a mask must see together. */
    private static long row(Sparsity sparsity, TensorInfo output) {
        return switch (sparsity) {
            case Sparsity.RandomByRank byRank -> RankedMask.row(output);
            case Sparsity.RowBand band -> BlockMerge.row(output);
            case Sparsity.None _,Sparsity.Magnitude _,Sparsity.Band _,Sparsity.Random _ -> 1;
        };
    }

    private static float[] rounded(double[] coefficients) {
        float[] rounded = new float[coefficients.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) coefficients[i];
        }
        return rounded;
    }

    private BlockInputs blockInputs(TensorMerge merge) {
        return new BlockInputs(merge.inputs().stream().map(this::tensor).toList(), gram(merge),
                chunk);
    }

    private GramMatrix gram(TensorMerge merge) {
        return new GramMatrix() {
            @Override
            public double product(int i, int j) {
                if (i == j) {
                    // The lengths come with the products, so that a pair is streamed once.
                    return i > 0 ? dots(0, i).bb() : dots(0, Math.min(1, last())).aa();
                }
                return dots(Math.min(i, j), Math.max(i, j)).ab();
            }

            private int last() {
                return merge.inputs().size() - 1;
            }

            private DotProducts dots(int i, int j) {
                return statistics.dots(parent(merge, i), merge.inputs().get(i).tensor(),
                        parent(merge, j), merge.inputs().get(j).tensor(), kernels);
            }

            @Override
            public double delta(int i, int j) {
                return deltaGram(merge).product(i, j);
            }
        };
    }

    private DeltaGram deltaGram(TensorMerge merge) {
        List<TensorInput> inputs = merge.inputs();
        List<Checkpoint> models = IntStream.range(0, inputs.size())
                .mapToObj(i -> parent(merge, i))
                .toList();
        return statistics.deltas(models, inputs.stream().map(TensorInput::tensor).toList(),
                () -> DeltaGram.of(inputs.stream().map(this::tensor).toList(), kernels));
    }

    private ResolvedMerge.Delta resolve(TensorMerge merge, int m, MergeOperation.Delta delta,
            double outer) {
        double weight = delta.weight();
        return switch (delta.sparsity()) {
            case Sparsity.None() ->
                delta(new Keep.All(), weight * outer, weight);
            case Sparsity.Magnitude(double density) -> {
                Keep.Largest keep = largest(merge, m, density);
                double rescale = rescale(merge, m, delta.rescale(), density, keep);
                yield delta(keep, weight * rescale * outer, weight);
            }
            case Sparsity.Band band -> {
                Keep keep = band(merge, m, band);
                double rescale = rescale(merge, m, delta.rescale(), band.density(), keep);
                yield delta(keep, weight * rescale * outer, weight);
            }
            case Sparsity.RandomByRank byRank -> {
                TensorInput input = merge.inputs().get(m + 1);
                var mask = new RankedMask(byRank,
                        CounterRandom.key(byRank.seed(), input.model(), input.tensor()),
                        Math.toIntExact(row(byRank, merge.output())), kernels);
                yield masked(merge, m, delta, outer, mask, byRank.density());
            }
            case Sparsity.RowBand band -> {
                // A row of one element that is no axis cannot lose a share.
                KeepRule mask = merge.output().shape().isEmpty()
                        ? KeepRule.always(new Keep.All())
                        : new RowBandMask(band, Math.toIntExact(row(band, merge.output())),
                                kernels);
                yield masked(merge, m, delta, outer, mask, band.density());
            }
            case Sparsity.Random(double density, long seed) -> {
                TensorInput input = merge.inputs().get(m + 1);
                var mask = new Keep.Random(CounterRandom.key(seed, input.model(), input.tensor()),
                        CounterRandom.limit(density));
                double rescale = rescale(merge, m, delta.rescale(), density, mask);
                yield delta(mask, weight * rescale * outer, weight);
            }
        };
    }

    private ResolvedMerge.Delta masked(TensorMerge merge, int m, MergeOperation.Delta delta,
            double outer, KeepRule mask, double density) {
        double rescale = switch (delta.rescale()) {
            case NONE -> 1;
            case INVERSE_DENSITY -> inverse(density);
            case L1 -> ratio(norm(merge, m), norm(merge, m, delta.sparsity(), mask));
            case L2, LINF ->
                throw new IllegalStateException("No method by rows offers such a rescale rule.");
        };
        return new ResolvedMerge.Delta(mask, (float) (delta.weight() * rescale * outer),
                (float) delta.weight());
    }

    private static ResolvedMerge.Delta delta(Keep keep, double factor, double weight) {
        return new ResolvedMerge.Delta(KeepRule.always(keep), (float) factor, (float) weight);
    }

    private double rescale(TensorMerge merge, int m, Rescale rule, double density, Keep keep) {
        return switch (rule) {
            case NONE -> 1;
            case INVERSE_DENSITY -> inverse(density);
            case L1 -> {
                KeptNorm norms = norms(merge, m, keep);
                yield ratio(norms.all(), norms.kept());
            }
            case L2, LINF -> {
                KeptNorm norm = KeptNorm.of(tensor(merge.inputs().getFirst()),
                        tensor(merge.inputs().get(m + 1)), keep, rule == Rescale.LINF,
                        kernels);
                yield ratio(norm.all(), norm.kept());
            }
        };
    }

    static double inverse(double density) {
        return density > 0 ? 1 / density : 1;
    }

    static double ratio(double norm, double kept) {
        boolean sensible = norm >= SMALLEST_NORM && kept >= SMALLEST_NORM && Double.isFinite(norm);
        return sensible ? norm / kept : 1;
    }

    private double norm(TensorMerge merge, int m) {
        return statistics.norm(parent(merge, 0), merge.inputs().getFirst().tensor(),
                parent(merge, m + 1), merge.inputs().get(m + 1).tensor(), kernels, workers);
    }

    /** Whether the whole deltas of a {@link MergeOperation.DeltaMerge} have finite L1 norms. */
    boolean hasFiniteNorms(TensorMerge merge) {
        return IntStream.range(0, merge.inputs().size() - 1)
                .allMatch(m -> Double.isFinite(norm(merge, m)));
    }

    private KeptNorm norms(TensorMerge merge, int m, Keep keep) {
        return statistics.norms(parent(merge, 0), merge.inputs().getFirst().tensor(),
                parent(merge, m + 1), merge.inputs().get(m + 1).tensor(), keep, kernels, workers);
    }

    private double norm(TensorMerge merge, int m, Sparsity sparsity, KeepRule mask) {
        return statistics.norm(parent(merge, 0), merge.inputs().getFirst().tensor(),
                parent(merge, m + 1), merge.inputs().get(m + 1).tensor(), sparsity,
                () -> DeltaNorm.ofRows(tensor(merge.inputs().getFirst()),
                        tensor(merge.inputs().get(m + 1)), mask, row(sparsity, merge.output()),
                        kernels, workers));
    }

    private Keep band(TensorMerge merge, int m, Sparsity.Band band) {
        long elements = merge.output().elements();
        long kept = Trim.kept(band.density(), elements);
        long dropped = Math.min(Trim.share(band.gamma(), elements), elements - kept);
        Keep.Largest outer = largest(merge, m, dropped + kept);
        return dropped == 0 ? outer : new Keep.Band(outer, largest(merge, m, dropped));
    }

    private Keep.Largest largest(TensorMerge merge, int m, long kept) {
        return statistics.largest(parent(merge, 0), merge.inputs().getFirst().tensor(),
                parent(merge, m + 1), merge.inputs().get(m + 1).tensor(), kept, kernels, workers);
    }

    private Keep.Largest largest(TensorMerge merge, int m, double density) {
        return statistics.largest(parent(merge, 0), merge.inputs().getFirst().tensor(),
                parent(merge, m + 1), merge.inputs().get(m + 1).tensor(), density, kernels,
                workers);
    }

    /** The same choice in the form that is fastest to merge with. */
    Keep quick(Keep keep, TensorMerge merge) {
        return statistics.quick(keep, merge.output().elements(), kernels, workers);
    }

    private Checkpoint parent(TensorMerge merge, int input) {
        return Objects.requireNonNull(parents.get(merge.inputs().get(input).model()));
    }

    private Tensor tensor(TensorInput input) {
        return Objects.requireNonNull(parents.get(input.model())).tensor(input.tensor());
    }
}
