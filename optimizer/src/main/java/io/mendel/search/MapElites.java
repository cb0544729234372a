package io.mendel.search;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * CycleQD: one map of specialists for each objective, in turn the one that parents come from.
 *
 * <p>
 * S. Kuroki et al., <em>Agent skill acquisition for large language models via CycleQD</em>, 2024,
 * <a href="https://arxiv.org/abs/2410.14735">arXiv 2410.14735</a>. In the map of an objective the cells are made by the
 * other objectives, and of all candidates of a cell the one that is best in this objective stays. Every child is tried
 * in every map. A single objective has cells made by the means of the two halves of the genes.
 */
final class MapElites extends GenerationalStrategy {
    private static final double LEAST_SHARE = 0.5;
    private static final double MOST_SHARE = 0.8;

    private final Breeding breeding;
    private EliteMaps maps = new EliteMaps();

    MapElites(SearchSettings settings, SearchProblem problem) {
        super(settings, problem);
        breeding = new Breeding(settings, problem);
    }

    @Override
    void propose(RandomGenerator random) {
        if (maps.isEmpty()) {
            new FirstGeneration(settings, problem).propose(proposals, populationSize(), random);
            return;
        }
        int wanted = settings.offspring() > 0 ? settings.offspring() : populationSize() / 2 + 1;
        List<Scored> elites = maps.inTurn(generation());
        double[] shares = shares(elites);
        fill(wanted, random, () -> {
            double[] mother = elites.get(Roulette.spin(shares, random)).genes();
            double[] father = elites.get(Roulette.spin(shares, random)).genes();
            return breeding.child(mother, father, random);
        });
    }

    @Override
    void learn(List<Scored> evaluated, RandomGenerator random) {
        maps.add(evaluated.stream().filter(scored -> !scored.failed()).toList());
    }

    /** Elite sampling: the product of the scaled objectives, each between the least and the most share. */
    private static double[] shares(List<Scored> elites) {
        int objectives = elites.getFirst().objectives().length;
        var range = new ObjectiveRange(objectives);
        elites.forEach(elite -> range.widen(elite.objectives()));
        return elites.stream().mapToDouble(elite -> {
            double share = 1;
            for (int i = 0; i < objectives; i++) {
                share *= LEAST_SHARE
                        + (MOST_SHARE - LEAST_SHARE) * range.scaled(i, elite.objectives()[i]);
            }
            return share;
        }).toArray();
    }

    @Override
    public boolean remembers() {
        return true;
    }

    @Override
    public List<double[]> remembered() {
        return maps.elites().stream().map(Scored::genes).toList();
    }

    @Override
    public void rescore(List<Scored> remembered) {
        List<Scored> rescored = Rescoring.of(maps.elites(), remembered);
        maps = new EliteMaps();
        maps.add(rescored);
    }
}
