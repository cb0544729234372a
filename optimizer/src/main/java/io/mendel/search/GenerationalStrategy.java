package io.mendel.search;

import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What all strategies have in common: a generation is proposed when first asked for, from random numbers of its own. */
abstract class GenerationalStrategy implements SearchStrategy {
    /** Times that a whole brood is bred before missing offspring are drawn at random. */
    private static final int BROODS = 20;

    final SearchSettings settings;
    final SearchProblem problem;
    final Proposals proposals;
    private boolean proposed;
    private int generation;

    GenerationalStrategy(SearchSettings settings, SearchProblem problem) {
        this.settings = settings;
        this.problem = problem;
        proposals = new Proposals(problem);
    }

    /** Fills {@link #proposals} with the current generation. */
    abstract void propose(RandomGenerator random);

    /**
     * Learns from the outcomes of the current generation.
     *
     * @param random random numbers other than those of {@link #propose}
     */
    abstract void learn(List<Scored> evaluated, RandomGenerator random);

    /** Proposes bred vectors until there are enough new ones; uniform ones if breeding finds no new ones. */
    final void fill(int wanted, RandomGenerator random, Supplier<double[]> bred) {
        for (int attempt = 0; attempt < BROODS * wanted && proposals.size() < wanted; attempt++) {
            proposals.offer(bred.get());
        }
        while (proposals.size() < wanted) {
            proposals.offer(() -> uniform(random));
        }
    }

    /** A random vector: anywhere, or where the space says that something sensible may lie. */
    final double[] uniform(RandomGenerator random) {
        return problem.anywhere(random);
    }

    /** Number of individuals that survive a generation. */
    final int populationSize() {
        return settings.population(problem.genes());
    }

    private void requireProposed() {
        if (!proposed) {
            proposed = true;
            proposals.clear();
            propose(GenerationRandom.of(settings.seed(), generation));
        }
    }

    @Override
    public final List<double[]> ask() {
        requireProposed();
        return proposals.vectors();
    }

    @Override
    public final void tell(List<Scored> evaluated) {
        requireProposed();
        proposals.requireAsked(evaluated);
        // The complement of a generation's number is no generation's number.
        learn(evaluated, GenerationRandom.of(settings.seed(), ~generation));
        generation++;
        proposed = false;
    }

    @Override
    public final int generation() {
        return generation;
    }

    @Override
    public final boolean exhausted() {
        requireProposed();
        return proposals.exhausted();
    }
}
