package io.mendel.merge;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.Tensor;
import io.mendel.merge.MergeOperation.Sparsity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
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

    MergeResolver(Map<String, Checkpoint> parents, StatisticsStore statistics, MergeKernels kernels,
            Workers workers,
            int chunk) {
        this.parents = parents;
        this.statistics = statistics;
        this.kernels = kernels;
        this.workers = workers;
        this.chunk = chunk;
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
            case MergeOperation.DeltaMerge(var deltas, var consensus, var scale) -> {
                for (int m = 0; m < deltas.size(); m++) {
                    MergeOperation.Delta delta = deltas.get(m);
                    if (delta.sparsity() instanceof Sparsity.Magnitude(double density)) {
                        trim(merge, m, density);
                    } else if (delta.sparsity() instanceof Sparsity.Band band) {
                        trims(merge, m, band);
                    }
                    if (delta.rescale() == Rescale.L1
                            && !(delta.sparsity() instanceof Sparsity.None)) {
                        size(merge, m);
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
            case MergeOperation.DeltaMerge(var deltas, var consensus, double scale) -> {
                var resolved = new ArrayList<ResolvedMerge.Delta>();
                for (int m = 0; m < deltas.size(); m++) {
                    // A plain sum needs no divisor, so its scale joins the factors.
                    double outer = consensus == Consensus.SUM ? scale : 1;
                    resolved.add(resolve(merge, m, deltas.get(m), outer));
                }
                boolean byRows = deltas.stream()
                        .anyMatch(delta -> delta.sparsity() instanceof Sparsity.RandomByRank);
                yield new ResolvedMerge.Deltas(resolved, consensus,
                        consensus == Consensus.SUM ? 1 : (float) scale,
                        byRows ? RankedMask.row(merge.output()) : 1);
            }
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
                Trim trim = trim(merge, m, density);
                double rescale = switch (delta.rescale()) {
                    case NONE -> 1;
                    case INVERSE_DENSITY -> inverse(density);
                    case L1 -> ratio(size(merge, m).norm(), trim.norm());
                };
                yield delta(trim.keep(), weight * rescale * outer, weight);
            }
            case Sparsity.Band band -> {
                List<Trim> trims = trims(merge, m, band);
                Trim dropped = trims.getFirst();
                Trim outermost = trims.getLast();
                double rescale = switch (delta.rescale()) {
                    case NONE -> 1;
                    case INVERSE_DENSITY -> inverse(band.density());
                    case L1 ->
                        ratio(size(merge, m).norm(), outermost.norm() - dropped.norm());
                };
                Keep keep = dropped.equals(Trim.NOTHING)
                        ? outermost.keep()
                        : new Keep.Band(outermost.keep(), dropped.keep());
                yield delta(keep, weight * rescale * outer, weight);
            }
            case Sparsity.RandomByRank byRank -> {
                TensorInput input = merge.inputs().get(m + 1);
                var mask = new RankedMask(byRank,
                        CounterRandom.key(byRank.seed(), input.model(), input.tensor()),
                        Math.toIntExact(RankedMask.row(merge.output())), kernels);
                double rescale = switch (delta.rescale()) {
                    case NONE -> 1;
                    case INVERSE_DENSITY -> inverse(byRank.density());
                    case L1 -> ratio(size(merge, m).norm(), maskedNorm(merge, m,
                            List.of(byRank, input), RankedMask.row(merge.output()),
                            mask::keptMagnitude));
                };
                yield new ResolvedMerge.Delta(mask, (float) (weight * rescale * outer),
                        (float) weight);
            }
            case Sparsity.Random(double density, long seed) -> {
                TensorInput input = merge.inputs().get(m + 1);
                var mask = new Keep.Random(CounterRandom.key(seed, input.model(), input.tensor()),
                        CounterRandom.limit(density));
                double rescale = switch (delta.rescale()) {
                    case NONE -> 1;
                    case INVERSE_DENSITY -> inverse(density);
                    case L1 -> ratio(size(merge, m).norm(), maskedNorm(merge, m, mask, 1,
                            (base, model, from, exponent) -> kernels.keptMagnitude(base, model,
                                    mask, from, exponent)));
                };
                yield delta(mask, weight * rescale * outer, weight);
            }
        };
    }

    private static ResolvedMerge.Delta delta(Keep keep, double factor, double weight) {
        return new ResolvedMerge.Delta(KeepRule.always(keep), (float) factor, (float) weight);
    }

    private static double inverse(double density) {
        return density > 0 ? 1 / density : 1;
    }

    private static double ratio(double norm, double kept) {
        boolean sensible = norm >= SMALLEST_NORM && kept >= SMALLEST_NORM && Double.isFinite(norm);
        return sensible ? norm / kept : 1;
    }

    /** See {@link MergeKernels#keptMagnitude}. */
    private interface KeptMagnitude {
        long of(Elements base, Elements model, long firstIndex, int exponent);
    }

    /**
     * The norm of what a random mask keeps, in fixed point: the sum is exact, whatever order it is taken in.
     *
     * @param mask tells the mask from others of the same two tensors
     * @param unit see {@link BlockMerge#unit}
     */
    private double maskedNorm(TensorMerge merge, int m, Object mask, long unit,
            KeptMagnitude kept) {
        float largest = size(merge, m).largest();
        if (!Float.isFinite(largest) || largest == 0) {
            return 0;
        }
        Tensor base = tensor(merge.inputs().getFirst());
        Tensor model = tensor(merge.inputs().get(m + 1));
        long elements = base.info().elements();
        int sumBits = Long.SIZE - Long.numberOfLeadingZeros(elements);
        int exponent = 61 - sumBits - Math.getExponent(largest);
        long sum = statistics.keptMagnitude(parent(merge, 0), base.info().name(),
                parent(merge, m + 1), mask, () -> {
                    var total = new LongAdder();
                    int size = BlockInputs.pieceSize(unit, chunk);
                    workers.forEach((elements + size - 1) / size, piece -> {
                        long from = piece * size;
                        int count = (int) Math.min(size, elements - from);
                        total.add(kept.of(TensorElements.of(base, from, count),
                                TensorElements.of(model, from, count), from, exponent));
                    });
                    return total.sum();
                });
        return Math.scalb((double) sum, -exponent);
    }

    private DeltaSize size(TensorMerge merge, int m) {
        return statistics.size(parent(merge, 0), merge.inputs().getFirst().tensor(),
                parent(merge, m + 1),
                merge.inputs().get(m + 1).tensor(), kernels);
    }

    /** What the band drops of the largest, and this together with what it keeps. */
    private List<Trim> trims(TensorMerge merge, int m, Sparsity.Band band) {
        long elements = merge.output().elements();
        long kept = Trim.kept(band.density(), elements);
        long dropped = Math.min(Trim.share(band.gamma(), elements), elements - kept);
        return statistics.trims(parent(merge, 0), merge.inputs().getFirst().tensor(),
                parent(merge, m + 1), merge.inputs().get(m + 1).tensor(),
                List.of(dropped, dropped + kept), kernels);
    }

    private Trim trim(TensorMerge merge, int m, double density) {
        return statistics.trim(parent(merge, 0), merge.inputs().getFirst().tensor(),
                parent(merge, m + 1),
                merge.inputs().get(m + 1).tensor(), density, kernels);
    }

    private Checkpoint parent(TensorMerge merge, int input) {
        return Objects.requireNonNull(parents.get(merge.inputs().get(input).model()));
    }

    private Tensor tensor(TensorInput input) {
        return Objects.requireNonNull(parents.get(input.model())).tensor(input.tensor());
    }
}
