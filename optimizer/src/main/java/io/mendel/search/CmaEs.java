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
 * <em>A restart CMA evolution strategy with increasing population size</em>, 2005).
 */
final class CmaEs implements SearchStrategy {
    /** Largest number of genes whose correlations are learnt; above, there is rarely the budget for it. */
    private static final int LARGEST_FULL = 40;
    /** Steps that no merge method can tell from none. */
    private static final double CONVERGED = 1e-5;
    private static final double RESTART_SIGMA = 0.3;
    private static final int LARGEST_GROWTH = 16;

    private final SearchSettings settings;
    private final SearchProblem problem;
    private final Proposals proposals;
    private final List<double[]> points = new ArrayList<>();
    private CmaDistribution distribution;
    private int lambda;
    private double best = Double.NEGATIVE_INFINITY;
    private int stalled;
    private int generation;

    CmaEs(SearchSettings settings, SearchProblem problem) {
        this.settings = settings;
        this.problem = problem;
        proposals = new Proposals(problem);
        lambda = settings.population(problem.genes());
        RandomGenerator random = GenerationRandom.of(settings.seed(), generation);
        double[] mean = switch (settings.start()) {
            case CENTRE -> problem.centre();
            case UNIFORM -> random.doubles(problem.genes()).toArray();
        };
        distribution = distribution(mean, settings.startSigma());
        propose(random);
    }

    private CmaDistribution distribution(double[] mean, double sigma) {
        int n = problem.genes();
        return new CmaDistribution(mean, sigma, lambda,
                n > LARGEST_FULL ? new DiagonalCovariance(n) : new FullCovariance(n));
    }

    private void propose(RandomGenerator random) {
        proposals.clear();
        points.clear();
        if (generation == 0) {
            for (double[] seed : problem.seeds()) {
                if (proposals.offer(seed)) {
                    points.add(seed);
                }
            }
        }
        for (int i = 0; i < lambda; i++) {
            // The distribution learns from what it drew, not from the canonical form, whose steps are uneven.
            var drawn = new ArrayList<double[]>();
            proposals.offer(() -> {
                drawn.add(distribution.sample(random));
                return drawn.getLast();
            });
            points.add(drawn.getLast());
        }
    }

    @Override
    public List<double[]> ask() {
        return proposals.vectors();
    }

    @Override
    public void tell(List<Scored> evaluated) {
        proposals.requireAsked(evaluated);
        var ranked = new ArrayList<Rated>();
        for (int i = 0; i < evaluated.size(); i++) {
            if (!evaluated.get(i).failed()) {
                ranked.add(new Rated(points.get(i), problem.rate(evaluated.get(i).objectives())));
            }
        }
        ranked.sort(Comparator.comparingDouble(Rated::score).reversed());
        int quarter = Math.min(1 + lambda / 4, ranked.size() - 1);
        boolean flat = quarter > 0 && ranked.getFirst().score() == ranked.get(quarter).score();
        distribution.update(ranked.stream().map(Rated::point).toList(), flat);
        boolean improved = !ranked.isEmpty() && ranked.getFirst().score() > best;
        best = improved ? ranked.getFirst().score() : best;
        stalled = improved ? 0 : stalled + 1;
        generation++;
        RandomGenerator random = GenerationRandom.of(settings.seed(), generation);
        if (distribution.spread() < CONVERGED || stalled > 10 + 30 * problem.genes() / lambda) {
            restart(random);
        }
        propose(random);
    }

    private void restart(RandomGenerator random) {
        lambda = Math.min(2 * lambda, LARGEST_GROWTH * settings.population(problem.genes()));
        distribution = distribution(random.doubles(problem.genes()).toArray(), RESTART_SIGMA);
        best = Double.NEGATIVE_INFINITY;
        stalled = 0;
    }

    @Override
    public int generation() {
        return generation;
    }

    @Override
    public boolean exhausted() {
        return proposals.exhausted();
    }

    private record Rated(double[] point, double score) {}
}
