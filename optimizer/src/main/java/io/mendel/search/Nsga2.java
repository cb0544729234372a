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
final class Nsga2 extends GenerationalStrategy {
    /** Times that a whole brood is bred before missing offspring are drawn at random. */
    private static final int BROODS = 20;

    private final UnaryOperator<double[]> objectives;
    private final Alterer<DoubleGene, Fitness> alterer;
    private ISeq<Phenotype<DoubleGene, Fitness>> population = ISeq.empty();

    Nsga2(SearchSettings settings, SearchProblem problem, UnaryOperator<double[]> objectives) {
        super(settings, problem);
        this.objectives = objectives;
        var variation = problem.variation();
        alterer = variation != null
                ? new VariedPairs(variation, settings.crossoverRate())
                : new PolynomialMutation(settings.mutationProbability(problem.genes()),
                        settings.mutationEta(), problem.kinds())
                        .compose(new SimulatedBinaryCrossover(settings.crossoverRate(),
                                settings.crossoverIndex(), problem.kinds()));
    }

    @Override
    void propose(RandomGenerator random) {
        if (generation() == 0) {
            new FirstGeneration(settings, problem).propose(proposals, populationSize(), random);
        } else {
            RandomRegistry.with(random).run(() -> breed(random));
        }
    }

    private void breed(RandomGenerator random) {
        int wanted = settings.offspring() > 0 ? settings.offspring() : populationSize();
        var tournament = new CrowdedTournament();
        for (int brood = 0; brood < BROODS && proposals.size() < wanted; brood++) {
            int missing = wanted - proposals.size();
            var parents = tournament.select(population, missing + missing % 2, Optimize.MAXIMUM);
            for (var child : alterer.alter(parents, generation()).population()) {
                if (proposals.size() < wanted) {
                    proposals.offer(Individuals.genes(child));
                }
            }
        }
        while (proposals.size() < wanted) {
            proposals.offer(() -> uniform(random));
        }
    }

    @Override
    void learn(List<Scored> evaluated, RandomGenerator random) {
        // Offspring come first, so that of equals the newer survive: on plateaus the population drifts on.
        var rivals = new ArrayList<Phenotype<DoubleGene, Fitness>>();
        evaluated.forEach(scored -> rivals.add(individual(scored)));
        rivals.addAll(population.asList());
        select(rivals);
    }

    private Phenotype<DoubleGene, Fitness> individual(Scored scored) {
        double[] fitness = scored.failed()
                ? new double[0]
                : objectives.apply(scored.objectives());
        return Individuals.of(scored.genes(), generation())
                .withFitness(new Fitness(fitness, scored.violation()));
    }

    private void select(List<Phenotype<DoubleGene, Fitness>> rivals) {
        population = new NonDominatedSurvival().select(ISeq.of(rivals), populationSize(),
                Optimize.MAXIMUM);
    }

    @Override
    public boolean remembers() {
        return true;
    }

    @Override
    public List<double[]> remembered() {
        return population.map(Individuals::genes).asList();
    }

    @Override
    public void rescore(List<Scored> remembered) {
        if (remembered.size() != population.size()) {
            throw new IllegalArgumentException("%d candidates are remembered, not %d."
                    .formatted(population.size(), remembered.size()));
        }
        select(remembered.stream().map(this::individual).toList());
    }

    /** The survivors, best first. */
    ISeq<Phenotype<DoubleGene, Fitness>> population() {
        return population;
    }
}
