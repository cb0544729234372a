package io.mendel.search;

import io.jenetics.Alterer;
import io.jenetics.DoubleGene;
import io.jenetics.Optimize;
import io.jenetics.Phenotype;
import io.jenetics.util.ISeq;
import io.jenetics.util.RandomRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * NSGA-II: offspring of tournament winners compete with their parents, by front and then by crowding.
 *
 * <p>
 * K. Deb, A. Pratap, S. Agarwal and T. Meyarivan, <em>A fast and elitist multiobjective genetic algorithm: NSGA-II</em>,
 * 2002, <a href="https://doi.org/10.1109/4235.996017">10.1109/4235.996017</a>. With one objective it is a plain elitist
 * (μ+λ) genetic algorithm. The first generation is the seeds, the centre and Gaussian steps around it.
 */
final class Nsga2 implements SearchStrategy {
    /** Times that a whole brood is bred before missing offspring are drawn at random. */
    private static final int BROODS = 20;

    private final SearchSettings settings;
    private final SearchProblem problem;
    private final UnaryOperator<double[]> objectives;
    private final Alterer<DoubleGene, Fitness> alterer;
    private final Proposals proposals;
    private ISeq<Phenotype<DoubleGene, Fitness>> population = ISeq.empty();
    private int generation;

    Nsga2(SearchSettings settings, SearchProblem problem, UnaryOperator<double[]> objectives) {
        this.settings = settings;
        this.problem = problem;
        this.objectives = objectives;
        var variation = problem.variation();
        alterer = variation != null
                ? new VariedPairs(variation, settings.crossoverProbability())
                : new PolynomialMutation(settings.mutationProbability(problem.genes()),
                        settings.mutationEta())
                        .compose(new SimulatedBinaryCrossover(settings.crossoverProbability(),
                                settings.crossoverEta()));
        proposals = new Proposals(problem);
        propose();
    }

    private void propose() {
        RandomGenerator random = GenerationRandom.of(settings.seed(), generation);
        proposals.clear();
        if (generation == 0) {
            new FirstGeneration(settings, problem).propose(proposals,
                    settings.population(problem.genes()), random);
        } else {
            RandomRegistry.with(random).run(() -> breed(random));
        }
    }

    private void breed(RandomGenerator random) {
        int wanted = settings.offspring() > 0
                ? settings.offspring()
                : settings.population(problem.genes());
        var tournament = new CrowdedTournament();
        for (int brood = 0; brood < BROODS && proposals.size() < wanted; brood++) {
            int missing = wanted - proposals.size();
            var parents = tournament.select(population, missing + missing % 2, Optimize.MAXIMUM);
            for (var child : alterer.alter(parents, generation).population()) {
                if (proposals.size() < wanted) {
                    proposals.offer(Individuals.genes(child));
                }
            }
        }
        while (proposals.size() < wanted) {
            proposals.offer(() -> problem.anywhere(random));
        }
    }

    @Override
    public List<double[]> ask() {
        return proposals.vectors();
    }

    @Override
    public void tell(List<Scored> evaluated) {
        proposals.requireAsked(evaluated);
        // Offspring come first, so that of equals the newer survive: on plateaus the population drifts on.
        var rivals = new ArrayList<Phenotype<DoubleGene, Fitness>>();
        for (Scored scored : evaluated) {
            double[] fitness = scored.failed()
                    ? new double[0]
                    : objectives.apply(scored.objectives());
            rivals.add(
                    Individuals.of(scored.genes(), generation).withFitness(new Fitness(fitness)));
        }
        rivals.addAll(population.asList());
        population = new NonDominatedSurvival().select(ISeq.of(rivals),
                settings.population(problem.genes()),
                Optimize.MAXIMUM);
        generation++;
        propose();
    }

    @Override
    public int generation() {
        return generation;
    }

    @Override
    public boolean exhausted() {
        return proposals.exhausted();
    }

    /** The survivors, best first. */
    ISeq<Phenotype<DoubleGene, Fitness>> population() {
        return population;
    }
}
