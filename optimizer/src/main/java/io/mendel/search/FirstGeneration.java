package io.mendel.search;

import java.util.random.RandomGenerator;

/** Proposes a first generation: the seeds, then the centre and steps around it, or uniform vectors. */
final class FirstGeneration {
    private final SearchSettings settings;
    private final SearchProblem problem;

    FirstGeneration(SearchSettings settings, SearchProblem problem) {
        this.settings = settings;
        this.problem = problem;
    }

    /** Proposes {@code count} vectors, or more if there are more seeds. */
    void propose(Proposals proposals, int count, RandomGenerator random) {
        problem.seeds().forEach(proposals::offer);
        var variation = problem.variation();
        while (variation != null && proposals.size() < count) {
            proposals.offer(() -> variation.start(random));
        }
        switch (settings.start()) {
            case UNIFORM -> {
                while (proposals.size() < count) {
                    proposals.offer(() -> random.doubles(problem.genes()).toArray());
                }
            }
            case CENTRE -> {
                if (proposals.size() < count) {
                    proposals.offer(problem.centre());
                }
                while (proposals.size() < count) {
                    proposals.offer(() -> around(random));
                }
            }
        }
    }

    /** A step from the centre; words are drawn, since there is no near one. */
    private double[] around(RandomGenerator random) {
        double[] genes = problem.centre().clone();
        for (int i = 0; i < genes.length; i++) {
            genes[i] = problem.kinds().isWord(i)
                    ? random.nextDouble()
                    : reflect(genes[i] + settings.startSigma() * random.nextGaussian());
        }
        return genes;
    }

    /** Folds the line onto [0, 1], so that no bound collects what lies beyond it. */
    static double reflect(double x) {
        double folded = Math.abs(x) % 2;
        return folded > 1 ? 2 - folded : folded;
    }
}
