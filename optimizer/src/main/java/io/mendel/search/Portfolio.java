package io.mendel.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Several operators share one population on the main objective, and the budget goes to those whose offspring gain most.
 *
 * <p>
 * The shares follow the exponentiated gradient of D. Helmbold et al., <em>On-line portfolio selection using
 * multiplicative updates</em>, 1998: {@code w_k ← w_k·exp(η·gain_k)}, scaled to sum to 1 and never below a floor. The gain
 * of an operator is how far its offspring lie above the median of the population, in units of the population's best
 * above its median. In a space that varies vectors in its own way, differences are children of the best and there is no
 * distribution, so that mutants of any take its place.
 */
final class Portfolio extends PopulationStrategy {
    private static final double RATE = 0.5;
    private static final double FLOOR = 0.05;
    private static final double LARGEST_GAIN = 2;
    private static final int ATTEMPTS = 20;
    private static final List<Operator> OPERATORS = List.of(Operator.values());

    /** Ways to make a vector. */
    private enum Operator {
        /** Simulated binary crossover and polynomial mutation. */
        CROSSOVER,
        /** Steps from one of the best, as wide as the population. */
        LOCAL,
        /** Differences of others added on the way to the best. */
        DIFFERENCE,
        /** The distribution of CMA-ES. */
        COVARIANCE,
        /** Anywhere. */
        UNIFORM
    }

    private final Breeding breeding;
    private final MixedDistribution distribution;
    private final double[] shares = new double[Operator.values().length];
    private final double[] credit = new double[shares.length];
    private final List<Operator> makers = new ArrayList<>();

    Portfolio(SearchSettings settings, SearchProblem problem) {
        super(settings, problem);
        breeding = new Breeding(settings, problem);
        distribution = new MixedDistribution(problem.centre(), settings.startSigma(), offspring(),
                problem.kinds(), Integer.MAX_VALUE);
        Arrays.fill(shares, 1.0 / shares.length);
    }

    private int offspring() {
        return settings.offspring() > 0 ? settings.offspring() : (populationSize() + 1) / 2;
    }

    @Override
    void breed(RandomGenerator random) {
        makers.clear();
        double[] widths = widths();
        while (proposals.size() < offspring()) {
            Operator operator = next();
            boolean found = false;
            for (int attempt = 0; attempt < ATTEMPTS && !found; attempt++) {
                found = proposals.offer(make(operator, widths, random));
            }
            if (!found) {
                proposals.offer(() -> uniform(random));
            }
            makers.add(operator);
        }
    }

    /** The operator that is furthest behind its share. */
    private Operator next() {
        int most = 0;
        for (int k = 0; k < shares.length; k++) {
            credit[k] += shares[k];
            most = credit[k] > credit[most] ? k : most;
        }
        credit[most]--;
        return OPERATORS.get(most);
    }

    private double[] make(Operator operator, double[] widths, RandomGenerator random) {
        if (problem.variation() != null) {
            return switch (operator) {
                case CROSSOVER -> cross(random);
                case LOCAL -> breeding.mutant(good(random), random);
                case DIFFERENCE ->
                    breeding.child(population.getFirst().genes(), parent(random), random);
                case COVARIANCE -> breeding.mutant(parent(random), random);
                case UNIFORM -> uniform(random);
            };
        }
        return switch (operator) {
            case CROSSOVER -> cross(random);
            case LOCAL -> step(widths, random);
            case DIFFERENCE -> difference(random);
            case COVARIANCE -> distribution.sample(random);
            case UNIFORM -> uniform(random);
        };
    }

    private double[] cross(RandomGenerator random) {
        double[] mother = parent(random);
        return breeding.child(mother, parent(random), random);
    }

    private double[] parent(RandomGenerator random) {
        int one = random.nextInt(population.size());
        int other = random.nextInt(population.size());
        return population.get(Math.min(one, other)).genes();
    }

    /** One of the best quarter. */
    private double[] good(RandomGenerator random) {
        return population.get(random.nextInt((population.size() + 3) / 4)).genes();
    }

    private double[] step(double[] widths, RandomGenerator random) {
        double[] genes = good(random).clone();
        for (int i = 0; i < genes.length; i++) {
            if (problem.kinds().isWord(i)) {
                genes[i] = random.nextInt(genes.length) == 0 ? random.nextDouble() : genes[i];
            } else {
                genes[i] = FirstGeneration.reflect(
                        genes[i] + 0.5 * widths[i] * random.nextGaussian());
            }
        }
        return genes;
    }

    /** {@code x + ½·(best − x) + ½·(a − b)}; a word is that of x, of the best or of a. */
    private double[] difference(RandomGenerator random) {
        int size = population.size();
        double[] x = population.get(random.nextInt(size)).genes().clone();
        double[] best = population.getFirst().genes();
        double[] a = population.get(random.nextInt(size)).genes();
        double[] b = population.get(random.nextInt(size)).genes();
        for (int i = 0; i < x.length; i++) {
            if (problem.kinds().isWord(i)) {
                int source = random.nextInt(3);
                x[i] = source == 0 ? x[i] : source == 1 ? best[i] : a[i];
            } else if (random.nextDouble() < 0.9) {
                x[i] = FirstGeneration.reflect(
                        x[i] + 0.5 * (best[i] - x[i]) + 0.5 * (a[i] - b[i]));
            }
        }
        return x;
    }

    /** The standard deviation of each gene in the population. */
    private double[] widths() {
        var widths = new double[problem.genes()];
        for (int i = 0; i < widths.length; i++) {
            int gene = i;
            double mean = population.stream()
                    .mapToDouble(p -> p.genes()[gene])
                    .average()
                    .orElse(0);
            widths[i] = Math.sqrt(population.stream()
                    .mapToDouble(p -> (p.genes()[gene] - mean) * (p.genes()[gene] - mean))
                    .average()
                    .orElse(0));
        }
        return widths;
    }

    @Override
    void learn(List<Scored> evaluated, RandomGenerator random) {
        pay(evaluated);
        var ranked = evaluated.stream()
                .filter(scored -> !scored.failed())
                .sorted(byMain())
                .map(Scored::genes)
                .toList();
        distribution.update(ranked, false);
        super.learn(evaluated, random);
    }

    private Comparator<Scored> byMain() {
        return Comparator.comparingDouble((Scored scored) -> problem.rate(scored)).reversed();
    }

    private void pay(List<Scored> evaluated) {
        if (population.isEmpty()) {
            return;
        }
        double median = problem.rate(population.get(population.size() / 2));
        double unit = problem.rate(population.getFirst()) - median;
        var gain = new double[shares.length];
        var count = new int[shares.length];
        for (int i = 0; i < makers.size(); i++) {
            int k = OPERATORS.indexOf(makers.get(i));
            double above = problem.rate(evaluated.get(i)) - median;
            gain[k] += above > 0 ? Math.min(LARGEST_GAIN, unit > 0 ? above / unit : 1) : 0;
            count[k]++;
        }
        double sum = 0;
        for (int k = 0; k < shares.length; k++) {
            shares[k] *= StrictMath.exp(count[k] == 0 ? 0 : RATE * gain[k] / count[k]);
            sum += shares[k];
        }
        for (int k = 0; k < shares.length; k++) {
            shares[k] = FLOOR + (1 - FLOOR * shares.length) * shares[k] / sum;
        }
    }

    @Override
    List<Scored> survivors(List<Scored> rivals, RandomGenerator random) {
        return rivals.stream().sorted(byMain()).limit(populationSize()).toList();
    }

    @Override
    public void rescore(List<Scored> remembered) {
        super.rescore(remembered);
        population = population.stream().sorted(byMain()).toList();
    }
}
