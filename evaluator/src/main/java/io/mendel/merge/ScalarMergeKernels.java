package io.mendel.merge;

import java.util.List;

/** The definition of the arithmetic, one element at a time. */
final class ScalarMergeKernels implements MergeKernels {

    private static final float NEUTRAL = -0.0f;

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public void weightedSum(List<Elements> inputs, float[] coefficients, RoundedElements target) {
        for (int i = 0; i < target.count(); i++) {
            float sum = coefficients[0] * inputs.getFirst().get(i);
            for (int m = 1; m < coefficients.length; m++) {
                sum += coefficients[m] * inputs.get(m).get(i);
            }
            target.set(i, sum);
        }
    }

    @Override
    public void mergeDeltas(Elements base, List<WeightedDelta> deltas, Consensus consensus,
            float scale,
            long firstIndex, RoundedElements target) {
        float[] weighted = new float[deltas.size()];
        float[] weights = new float[deltas.size()];
        for (int i = 0; i < target.count(); i++) {
            float origin = base.get(i);
            float sum = NEUTRAL;
            for (int m = 0; m < weighted.length; m++) {
                WeightedDelta term = deltas.get(m);
                float delta = term.model().get(i) - origin;
                weighted[m] = keeps(term.keep(), delta, firstIndex + i)
                        ? delta * term.factor()
                        : NEUTRAL;
                weights[m] = term.weight();
                sum += weighted[m];
            }
            float mixed = switch (consensus) {
                case SUM -> sum;
                case ELECTED_SUM -> elected(weighted, weights, sum >= 0, false);
                case ELECTED_MEAN -> elected(weighted, weights, sum >= 0, true);
            };
            target.set(i, origin + scale * mixed);
        }
    }

    /** Whether the element at a flat index survives; the definition of {@link Keep}. */
    static boolean keeps(Keep keep, float delta, long index) {
        return switch (keep) {
            case Keep.All() -> true;
            case Keep.Largest largest -> isAmong(largest, delta, index);
            case Keep.Band(Keep.Largest outer, Keep.Largest dropped) ->
                isAmong(outer, delta, index) && !isAmong(dropped, delta, index);
            case Keep.Listed listed -> (listed.word(index) & 1) != 0;
            case Keep.Random(long key, long limit) -> CounterRandom.draw(key, index) < limit;
        };
    }

    private static boolean isAmong(Keep.Largest largest, float delta, long index) {
        int magnitude = magnitude(delta);
        return magnitude > largest.bits()
                || (magnitude == largest.bits() && index < largest.cut());
    }

    private static float elected(float[] weighted, float[] weights, boolean positive,
            boolean mean) {
        float sum = NEUTRAL;
        float divisor = 0;
        for (int m = 0; m < weighted.length; m++) {
            boolean disagrees = positive ? weighted[m] <= 0 : weighted[m] >= 0;
            if (!disagrees) {
                sum += weighted[m];
                divisor += weights[m];
            }
        }
        return mean && divisor != 0 ? sum / divisor : sum;
    }

    @Override
    public void magnitudes(Elements base, Elements model, int[] bits) {
        for (int i = 0; i < base.count(); i++) {
            bits[i] = magnitude(model.get(i) - base.get(i));
        }
    }

    /** The bits of a magnitude; the same ones for every NaN. */
    static int magnitude(float delta) {
        return Float.floatToIntBits(Math.abs(delta));
    }

    @Override
    public double norm(Elements base, Elements model, Keep keep, long firstIndex) {
        double[] sums = new double[8];
        for (int i = 0; i < base.count(); i++) {
            float delta = model.get(i) - base.get(i);
            if (keeps(keep, delta, firstIndex + i)) {
                sums[i % 8] += Math.abs((double) delta);
            }
        }
        return total(sums);
    }

    @Override
    public void draw(Keep.Random mask, long firstIndex, long[] words, int from, int count) {
        for (int word = 0; word < count; word++) {
            long bits = 0;
            for (int i = 0; i < Long.SIZE; i++) {
                long index = firstIndex + (long) word * Long.SIZE + i;
                if (CounterRandom.draw(mask.key(), index) < mask.limit()) {
                    bits |= 1L << i;
                }
            }
            words[from + word] = bits;
        }
    }

    @Override
    public double dot(Elements a, Elements b) {
        double[] sums = new double[8];
        for (int i = 0; i < a.count(); i++) {
            sums[i % 8] += (double) a.get(i) * b.get(i);
        }
        return total(sums);
    }

    private static double total(double[] sums) {
        double total = 0;
        for (double sum : sums) {
            total += sum;
        }
        return total;
    }
}
