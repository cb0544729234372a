package io.mendel.merge;

import io.mendel.checkpoint.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Sums over the elements of tensors x₀, x₁, … from which norms and angles follow.
 *
 * @param elements how many elements were summed
 * @param products {@code ⟨xᵢ, xᵢ⟩} on the diagonal of row 0 … and {@code ⟨x₀, xᵢ⟩} in row 0
 * @param deltas {@code ⟨xᵢ − x₀, xⱼ − x₀⟩}
 */
@SuppressWarnings("ArrayRecordComponent")
record DeltaMoments(long elements, double[][] products, double[][] deltas) {

    private static final int RUN = MergeKernels.DOT_BLOCK;
    private static final int LANES = 8;

    static DeltaMoments none(int models) {
        return new DeltaMoments(0, new double[models][models], new double[models][models]);
    }

    static DeltaMoments of(List<Tensor> tensors) {
        int models = tensors.size();
        DeltaMoments sums = none(models);
        long elements = tensors.getFirst().info().elements();
        float[][] runs = new float[models][RUN];
        float[][] deltas = new float[models][RUN];
        for (long from = 0; from < elements; from += RUN) {
            int count = (int) Math.min(RUN, elements - from);
            BlockInputs.load(tensors, from, count, runs);
            for (int m = 1; m < models; m++) {
                for (int i = 0; i < count; i++) {
                    deltas[m][i] = runs[m][i] - runs[0][i];
                }
            }
            for (int a = 0; a < models; a++) {
                sums.products[a][a] += dot(runs[a], runs[a], count);
                if (a > 0) {
                    sums.products[0][a] += dot(runs[0], runs[a], count);
                }
                for (int b = Math.max(1, a); a > 0 && b < models; b++) {
                    sums.deltas[a][b] += dot(deltas[a], deltas[b], count);
                }
            }
        }
        return new DeltaMoments(elements, sums.products, sums.deltas);
    }

    /** Eight sums, so that additions do not wait for one another; then their sum in order. */
    private static double dot(float[] a, float[] b, int count) {
        double[] sums = new double[LANES];
        int whole = count - count % LANES;
        for (int i = 0; i < whole; i += LANES) {
            for (int lane = 0; lane < LANES; lane++) {
                sums[lane] += (double) a[i + lane] * b[i + lane];
            }
        }
        for (int i = whole; i < count; i++) {
            sums[i - whole] += (double) a[i] * b[i];
        }
        double total = 0;
        for (double sum : sums) {
            total += sum;
        }
        return total;
    }

    DeltaMoments plus(DeltaMoments other) {
        DeltaMoments sum = none(products.length);
        for (int a = 0; a < products.length; a++) {
            for (int b = 0; b < products.length; b++) {
                sum.products[a][b] = products[a][b] + other.products[a][b];
                sum.deltas[a][b] = deltas[a][b] + other.deltas[a][b];
            }
        }
        return new DeltaMoments(elements + other.elements, sum.products, sum.deltas);
    }

    ModelComparison.Group group(String name) {
        var norms = new ArrayList<Double>();
        var cosines = new ArrayList<Double>();
        var deltaCosines = new ArrayList<List<Double>>();
        for (int a = 1; a < products.length; a++) {
            norms.add(Math.sqrt(deltas[a][a]));
            cosines.add(cosine(products[0][a], products[0][0], products[a][a]));
            var row = new ArrayList<Double>();
            for (int b = 1; b < products.length; b++) {
                row.add(cosine(deltas[Math.min(a, b)][Math.max(a, b)], deltas[a][a],
                        deltas[b][b]));
            }
            deltaCosines.add(List.copyOf(row));
        }
        return new ModelComparison.Group(name, elements, Math.sqrt(products[0][0]), norms,
                deltaCosines, cosines);
    }

    private static double cosine(double product, double squareA, double squareB) {
        double length = Math.sqrt(squareA) * Math.sqrt(squareB);
        return length == 0 ? 0 : product / length;
    }
}
