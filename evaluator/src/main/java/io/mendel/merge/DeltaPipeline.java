package io.mendel.merge;

import java.util.ArrayList;
import java.util.List;

/**
 * Task arithmetic taken apart into stages, each of which is a choice: SPARSIFY, RESCALE, WEIGHT, CONSENSUS, AGGREGATE,
 * SCALE.
 *
 * <p>
 * {@code vₜ = wₜ·fₜ·δₜ} where the delta is kept, with the rescale factor f of its tensor; then those v that agree with
 * the consensus are aggregated and {@code base + scale·v} is the result. Most named methods are points of this space, see
 * the package's description.
 *
 * @param stages the choices, the same for all tensors
 * @param densities share of each delta that is kept
 * @param gammas share of each delta that a band drops from the top
 * @param weights of the models
 * @param scale factor of the aggregate
 */
record DeltaPipeline(Stages stages, List<Double> densities, List<Double> gammas,
        List<Double> weights, double scale) implements GlobalMerge {

    DeltaPipeline {
        densities = List.copyOf(densities);
        gammas = List.copyOf(gammas);
        weights = List.copyOf(weights);
    }

    /** Which elements of a delta are kept; a band is what is left of the largest without the very largest. */
    enum Sparsify {
        NONE, MAGNITUDE, RANDOM, BAND
    }

    /** Which sign wins: all, that of the larger sum, or that of more models; 0 counts as positive. */
    enum Vote {
        NONE, MASS, COUNT
    }

    /** The sum, divided by nothing, by the number of models, or by the weights that agree. */
    enum Aggregate {
        SUM, MEAN, DISJOINT_MEAN
    }

    /**
     * The choices.
     *
     * @param global whether magnitudes are ranked over all tensors
     * @param sparsify which elements are kept
     * @param rescale how they are scaled, tensor by tensor
     * @param vote which signs take part
     * @param aggregate how they are put together
     * @param seed seed of random masks
     */
    record Stages(boolean global, Sparsify sparsify, Rescale rescale, Vote vote,
            Aggregate aggregate, long seed) {}

    private record Group(Stages stages, List<Double> densities, List<Double> gammas,
            String tensor) {}

    /** What is kept of one delta: what {@code inner} keeps and {@code outer} does not. */
    private record Band(Keep inner, Keep outer) {
        boolean keeps(float delta, long index) {
            return ScalarMergeKernels.keeps(inner, delta, index)
                    && !ScalarMergeKernels.keeps(outer, delta, index);
        }
    }

    @Override
    public Object group(String output) {
        return new Group(stages, densities, gammas, stages.global ? "" : output);
    }

    @Override
    public List<ResolvedMerge> resolve(GlobalInputs inputs) {
        Band[][] bands = bands(inputs);
        float[][] rescales = new float[inputs.count()][weights.size()];
        inputs.forEachTensor(t -> rescale(inputs.tensor(t), bands[t], rescales[t]));
        List<ResolvedMerge> resolved = new ArrayList<>();
        for (int t = 0; t < inputs.count(); t++) {
            var rule = (DeltaPipeline) inputs.rule(t);
            resolved.add(new ResolvedMerge.Blocks(rule.function(bands[t], rescales[t]), 1));
        }
        return resolved;
    }

    private Band[][] bands(GlobalInputs inputs) {
        int models = weights.size();
        var bands = new Band[inputs.count()][models];
        Keep nothing = new Keep.Largest(Trim.LARGEST, 0);
        boolean ranked = stages.sparsify == Sparsify.MAGNITUDE || stages.sparsify == Sparsify.BAND;
        Keep[][] inner = ranked ? trim(inputs, widths(), models) : new Keep[0][];
        Keep[][] outer = stages.sparsify == Sparsify.BAND
                ? trim(inputs, gammas, models)
                : new Keep[0][];
        for (int t = 0; t < bands.length; t++) {
            for (int m = 0; m < models; m++) {
                bands[t][m] = switch (stages.sparsify) {
                    case NONE -> new Band(new Keep.All(), nothing);
                    case RANDOM -> new Band(random(inputs.merge(t).inputs().get(m + 1), m),
                            nothing);
                    case MAGNITUDE -> new Band(inner[t][m], nothing);
                    case BAND -> new Band(inner[t][m],
                            gammas.get(m) > 0 ? outer[t][m] : nothing);
                };
            }
        }
        return bands;
    }

    private List<Double> widths() {
        List<Double> widths = new ArrayList<>(densities);
        if (stages.sparsify == Sparsify.BAND) {
            for (int m = 0; m < widths.size(); m++) {
                widths.set(m, Math.min(1, widths.get(m) + gammas.get(m)));
            }
        }
        return widths;
    }

    private static Keep[][] trim(GlobalInputs inputs, List<Double> shares, int models) {
        return new GlobalTrim(inputs, GlobalTrim::deltas)
                .keeps(shares.subList(0, models), false);
    }

    private Keep random(TensorInput input, int model) {
        return densities.get(model) >= 1
                ? new Keep.All()
                : new Keep.Random(CounterRandom.key(stages.seed, input.model(), input.tensor()),
                        CounterRandom.limit(densities.get(model)));
    }

    private void rescale(BlockInputs tensor, Band[] bands, float[] rescales) {
        double[] all = new double[rescales.length];
        double[] kept = new double[rescales.length];
        if (stages.rescale != Rescale.NONE && stages.rescale != Rescale.INVERSE_DENSITY) {
            tensor.forEachBlock(1, (runs, count, first) -> {
                for (int m = 0; m < rescales.length; m++) {
                    for (int i = 0; i < count; i++) {
                        float delta = runs[m + 1][i] - runs[0][i];
                        double size = stages.rescale == Rescale.L2
                                ? (double) delta * delta
                                : Math.abs(delta);
                        all[m] = add(all[m], size);
                        if (bands[m].keeps(delta, first + i)) {
                            kept[m] = add(kept[m], size);
                        }
                    }
                }
            });
        }
        for (int m = 0; m < rescales.length; m++) {
            rescales[m] = (float) switch (stages.rescale) {
                case NONE -> 1;
                case INVERSE_DENSITY -> stages.sparsify == Sparsify.NONE
                        ? 1
                        : MergeResolver.inverse(densities.get(m));
                case L1, LINF -> MergeResolver.ratio(all[m], kept[m]);
                case L2 -> MergeResolver.ratio(Math.sqrt(all[m]), Math.sqrt(kept[m]));
            };
        }
    }

    private double add(double sum, double size) {
        return stages.rescale == Rescale.LINF ? Math.max(sum, size) : sum + size;
    }

    private BlockFunction function(Band[] bands, float[] rescales) {
        float[] weight = Floats.of(weights);
        float[] factor = new float[weight.length];
        for (int m = 0; m < factor.length; m++) {
            factor[m] = weight[m] * rescales[m];
        }
        return new Staged(this, bands, weight, factor, (float) scale);
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Staged(DeltaPipeline rule, Band[] bands, float[] weight, float[] factor,
            float scale) implements BlockFunction {

        @Override
        public void apply(float[][] inputs, int count, float[] target) {
            throw new IllegalStateException("Masks need the place of the run.");
        }

        @Override
        public void applyAt(float[][] inputs, int count, long firstIndex, float[] target) {
            float[] v = new float[weight.length];
            for (int i = 0; i < count; i++) {
                for (int m = 0; m < v.length; m++) {
                    float delta = inputs[m + 1][i] - inputs[0][i];
                    v[m] = bands[m].keeps(delta, firstIndex + i) ? delta * factor[m] : 0;
                }
                target[i] = inputs[0][i] + scale * aggregate(v);
            }
        }

        private float aggregate(float[] v) {
            float mass = 0;
            float count = 0;
            for (float value : v) {
                mass += value;
                count += Math.signum(value);
            }
            float elected = rule.stages.vote == Vote.COUNT ? count : mass;
            float sign = elected >= 0 ? 1 : -1;
            float sum = 0;
            float divisor = 0;
            for (int m = 0; m < v.length; m++) {
                boolean agrees = v[m] != 0
                        && (rule.stages.vote == Vote.NONE || Math.signum(v[m]) == sign);
                if (agrees) {
                    sum += v[m];
                    divisor += weight[m];
                }
            }
            return switch (rule.stages.aggregate) {
                case SUM -> sum;
                case MEAN -> sum / v.length;
                case DISJOINT_MEAN -> divisor == 0 ? sum : sum / divisor;
            };
        }
    }
}
