package io.mendel.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * CMA-ES on the main objective, started at the centre; the seeds join its first generation.
 *
 * <p>
 * When it has converged or stalls it starts anew at a random place with twice the sample (A. Auger and N. Hansen,
 * <em>A restart CMA evolution strategy with increasing population size</em>, 2005). The scales of the genes are learnt
 * first, which needs few evaluations, and only then their correlations (R. Ros and N. Hansen, 2008, who wait longer).
 */
final class CmaEs extends GenerationalStrategy {
    /** Steps that no merge method can tell from none. */
    private static final double CONVERGED = 1e-5;
    private static final double RESTART_SIGMA = 0.3;
    private static final int LARGEST_GROWTH = 16;
    private static final int ATTEMPTS = 100;

    private final boolean diagonal;
    private final List<double[]> points = new ArrayList<>();
    private MixedDistribution distribution;
    private int lambda;
    private double best = Double.NEGATIVE_INFINITY;
    private int stalled;
    private boolean restart;

    /**
     * CMA-ES.
     *
     * @param diagonal whether correlations are never learnt
     */
    CmaEs(SearchSettings settings, SearchProblem problem, boolean diagonal) {
        super(settings, problem);
        this.diagonal = diagonal;
        lambda = populationSize();
        distribution = distribution(problem.centre(), settings.startSigma());
    }

    private MixedDistribution distribution(double[] mean, double sigma) {
        int before = settings.correlationsAfter(problem.genes());
        return new MixedDistribution(mean, sigma, lambda, problem.kinds(),
                diagonal ? Integer.MAX_VALUE : (before + lambda - 1) / lambda);
    }

    @Override
    void propose(RandomGenerator random) {
        points.clear();
        if (generation() == 0) {
            if (settings.start() == SearchSettings.Start.UNIFORM) {
                distribution = distribution(uniform(random), settings.startSigma());
            }
            for (double[] seed : problem.seeds()) {
                if (proposals.offer(seed)) {
                    points.add(seed);
                }
            }
        } else if (restart) {
            lambda = Math.min(2 * lambda, LARGEST_GROWTH * populationSize());
            distribution = distribution(uniform(random), RESTART_SIGMA);
            best = Double.NEGATIVE_INFINITY;
            stalled = 0;
        }
        for (int i = 0; i < lambda; i++) {
            // The distribution learns from what it drew, not from the canonical form, whose steps are uneven.
            double[] drawn = distribution.sample(random);
            boolean fresh = proposals.offer(drawn);
            for (int attempt = 1; attempt < ATTEMPTS && !fresh; attempt++) {
                drawn = distribution.sample(random);
                fresh = proposals.offer(drawn);
            }
            if (!fresh) {
                // On a coarse grid all near points may have been tried.
                var anywhere = new ArrayList<double[]>();
                proposals.offer(() -> {
                    anywhere.add(uniform(random));
                    return anywhere.getLast();
                });
                drawn = anywhere.getLast();
            }
            points.add(drawn);
        }
    }

    @Override
    void learn(List<Scored> evaluated, RandomGenerator random) {
        var ranked = new ArrayList<Rated>();
        for (int i = 0; i < evaluated.size(); i++) {
            if (!evaluated.get(i).failed()) {
                ranked.add(new Rated(points.get(i), problem.rate(evaluated.get(i))));
            }
        }
        ranked.sort(Comparator.comparingDouble(Rated::score).reversed());
        int quarter = Math.min(1 + lambda / 4, ranked.size() - 1);
        boolean flat = quarter > 0 && ranked.getFirst().score() == ranked.get(quarter).score();
        distribution.update(ranked.stream().map(Rated::point).toList(), flat);
        boolean improved = !ranked.isEmpty() && ranked.getFirst().score() > best;
        best = improved ? ranked.getFirst().score() : best;
        stalled = improved ? 0 : stalled + 1;
        restart = distribution.spread() < CONVERGED
                || stalled > 10 + 30 * problem.genes() / lambda;
    }

    private record Rated(double[] point, double score) {}
}
