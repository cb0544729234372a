package io.mendel.search;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Independent probabilities of the words of each gene, moved towards the words of the better candidates.
 *
 * <p>
 * After CatCMA with margin (R. Hamano et al., <em>CatCMA: stochastic optimization for mixed-category problems</em>, 2024,
 * <a href="https://arxiv.org/abs/2405.09962">arXiv 2405.09962</a>): {@code q ← q + η·Σ w_i·(x_i − q)}, and no word becomes
 * so rare that it would never be drawn again. The learning rate is fixed.
 */
final class CategoricalDistribution {
    private static final double RATE = 0.2;

    private final double[][] probabilities;
    private final double[] least;

    /**
     * Every word is as likely as any other.
     *
     * @param words for each gene the number of its words, at least 1
     * @param genes number of all genes, numbers included
     */
    CategoricalDistribution(List<Integer> words, int genes) {
        probabilities = new double[words.size()][];
        least = new double[words.size()];
        for (int i = 0; i < probabilities.length; i++) {
            int count = words.get(i);
            probabilities[i] = new double[count];
            Arrays.fill(probabilities[i], 1.0 / count);
            least[i] = count == 1
                    ? 0
                    : Math.min(0.5 / count,
                            (1 - StrictMath.pow(0.73, 1.0 / genes)) / (count - 1));
        }
    }

    /** The place of a word for each gene. */
    int[] sample(RandomGenerator random) {
        var words = new int[probabilities.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = Roulette.spin(probabilities[i], random);
        }
        return words;
    }

    /**
     * Moves towards better words.
     *
     * @param better words of candidates
     * @param weights how much each of them counts, summing to 1
     */
    void update(List<int[]> better, double[] weights) {
        for (int i = 0; i < probabilities.length; i++) {
            double[] q = probabilities[i];
            var target = new double[q.length];
            for (int k = 0; k < weights.length; k++) {
                target[better.get(k)[i]] += weights[k];
            }
            double sum = 0;
            for (int word = 0; word < q.length; word++) {
                q[word] = Math.max(least[i], q[word] + RATE * (target[word] - q[word]));
                sum += q[word];
            }
            for (int word = 0; word < q.length; word++) {
                q[word] /= sum;
            }
        }
    }

    /** The probabilities of a gene's words. */
    double[] of(int gene) {
        return probabilities[gene].clone();
    }
}
