package io.mendel.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * M2N2: candidates share the reward of each item with all that pass it too, and mate with those that pass what they fail.
 *
 * <p>
 * J. Abrantes, R. Lange and Y. Tang, <em>Competition and attraction improve model fusion</em>, 2025,
 * <a href="https://arxiv.org/abs/2508.16204">arXiv 2508.16204</a>. Fitness is
 * {@code Σ_j c_j·s_j / (z_j^α + ε)} with {@code z_j} the sum of all scores on item j and {@code c_j} the best of them; the
 * second parent is drawn by {@code Σ_j c_j / (z_j + ε)·max(s_B − s_A, 0)}. A child mixes its parents in the ratio w up to
 * a random gene and in the ratio 1 − w after it. Where the paper mixes weights this mixes genes, and since genes, unlike
 * weights, bear small changes, a child mutates too. Without scores of single items the objectives take their place.
 */
final class Niches extends PopulationStrategy {
    private static final double ALPHA = 1;
    private static final double EPSILON = 1e-9;
    private static final int OFFSPRING = 4;

    private final Breeding breeding;

    Niches(SearchSettings settings, SearchProblem problem) {
        super(settings, problem);
        breeding = new Breeding(settings, problem);
    }

    @Override
    public boolean readsItems() {
        return true;
    }

    @Override
    void breed(RandomGenerator random) {
        int wanted = settings.offspring() > 0
                ? settings.offspring()
                : Math.min(OFFSPRING, populationSize());
        double[][] scores = scores(population);
        double[] fitness = shared(scores, ALPHA);
        fill(wanted, random, () -> {
            int first = Roulette.spin(fitness, random);
            int second = Roulette.spin(attraction(scores, first), random);
            if (problem.variation() != null) {
                return breeding.child(population.get(first).genes(),
                        population.get(second).genes(), random);
            }
            double[] child = mix(population.get(first).genes(), population.get(second).genes(),
                    random.nextDouble(), random.nextInt(problem.genes() + 1), problem.kinds());
            return breeding.mutant(child, random);
        });
    }

    @Override
    List<Scored> survivors(List<Scored> rivals, RandomGenerator random) {
        var alive = new ArrayList<>(rivals);
        while (alive.size() > populationSize()) {
            alive.remove(worst(alive));
        }
        return alive;
    }

    /** The one that misses the constraints most, else the one with the least shared fitness; of equals the oldest. */
    private static int worst(List<Scored> alive) {
        double[] fitness = shared(scores(alive), ALPHA);
        int worst = 0;
        for (int i = 1; i < fitness.length; i++) {
            int order = Double.compare(alive.get(i).violation(), alive.get(worst).violation());
            worst = order > 0 || (order == 0 && fitness[i] <= fitness[worst]) ? i : worst;
        }
        return worst;
    }

    /** A score for each candidate and item, not negative. */
    static double[][] scores(List<Scored> population) {
        boolean items = population.stream().allMatch(scored -> scored.items().length > 0);
        var scores = population.stream()
                .map(scored -> (items ? scored.items() : scored.objectives()).clone())
                .toArray(double[][]::new);
        for (int j = 0; j < scores[0].length; j++) {
            double least = 0;
            for (double[] row : scores) {
                least = Math.min(least, row[j]);
            }
            for (double[] row : scores) {
                row[j] -= least;
            }
        }
        return scores;
    }

    /** Fitness under sharing. */
    static double[] shared(double[][] scores, double alpha) {
        double[] worth = worth(scores, alpha);
        return Arrays.stream(scores).mapToDouble(row -> {
            double sum = 0;
            for (int j = 0; j < row.length; j++) {
                sum += row[j] * worth[j];
            }
            return sum;
        }).toArray();
    }

    /** How much each candidate has that one of them lacks. */
    static double[] attraction(double[][] scores, int first) {
        double[] worth = worth(scores, 1);
        return Arrays.stream(scores).mapToDouble(row -> {
            double sum = 0;
            for (int j = 0; j < row.length; j++) {
                sum += worth[j] * Math.max(0, row[j] - scores[first][j]);
            }
            return sum;
        }).toArray();
    }

    /** {@code c_j / (z_j^α + ε)}. */
    private static double[] worth(double[][] scores, double alpha) {
        var worth = new double[scores[0].length];
        for (int j = 0; j < worth.length; j++) {
            double sum = 0;
            double best = 0;
            for (double[] row : scores) {
                sum += row[j];
                best = Math.max(best, row[j]);
            }
            worth[j] = best / (StrictMath.pow(sum, alpha) + EPSILON);
        }
        return worth;
    }

    /** Genes before {@code split} in the ratio {@code w : 1 − w}, the others the other way round. */
    static double[] mix(double[] first, double[] second, double w, int split, GeneKinds kinds) {
        var child = new double[first.length];
        for (int i = 0; i < child.length; i++) {
            double share = i < split ? w : 1 - w;
            child[i] = kinds.isWord(i)
                    ? (share >= 0.5 ? first[i] : second[i])
                    : Math.clamp(share * first[i] + (1 - share) * second[i], 0.0, 1.0);
        }
        return child;
    }
}
