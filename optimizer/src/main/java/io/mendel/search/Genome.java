package io.mendel.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * GENOME+: individuals move towards the best and away from the worst (succession), then are crossed, mutated and selected.
 *
 * <p>
 * See {@link GenomeOperators} for the paper. Where it breeds weights, this breeds genes, so an offspring is a recipe like
 * any other; the mutation's step is that of the start. λ starts at ½ and decays once in each generation, random factors
 * are drawn for each individual, and an individual's own best place is a copy: the authors' code differs in all three.
 */
final class Genome extends GenerationalStrategy {
    private static final double LAMBDA = 0.5;
    private static final double DECAY = 0.95;
    private static final double CROSSED = 0.3;
    private static final double MUTATED = 0.1;
    private static final double MUTATED_GENES = 0.1;
    private static final double ELITE = 0.1;
    private static final int TOURNAMENT = 3;

    private List<Particle> population = List.of();
    /** For each vector proposed, the individual that moves there; null for a new one. */
    private final List<@Nullable Particle> movers = new ArrayList<>();

    Genome(SearchSettings settings, SearchProblem problem) {
        super(settings, problem);
    }

    /** Where an individual is, how fast it moves, and the best place it was at. */
    private record Particle(Scored here, double rate, double[] velocity, Scored best) {}

    private static final Comparator<Particle> BY_MAIN = Comparator
            .comparingDouble(Particle::rate)
            .reversed();

    private Particle born(Scored scored) {
        return new Particle(scored, problem.rate(scored), new double[scored.genes().length],
                scored);
    }

    @Override
    void propose(RandomGenerator random) {
        movers.clear();
        if (population.isEmpty()) {
            begin(random);
            return;
        }
        move(random);
        cross(random);
        mutate(random);
        int wanted = settings.offspring() > 0 ? settings.offspring() : 1;
        fill(Math.max(wanted, proposals.size()), random,
                () -> perturbed(population.get(random.nextInt(population.size())), random));
    }

    /** The seeds, mixtures of pairs of them, and steps around the centre. */
    private void begin(RandomGenerator random) {
        problem.seeds().forEach(proposals::offer);
        List<double[]> seeds = problem.seeds();
        for (int pair = 0; seeds.size() > 1 && pair < populationSize() / 2
                && proposals.size() < populationSize(); pair++) {
            double[] mixed = GenomeOperators.combine(seeds.get(random.nextInt(seeds.size())),
                    random.nextDouble(), seeds.get(random.nextInt(seeds.size())),
                    random.nextDouble());
            proposals.offer(Breeding.clamp(mixed));
        }
        new FirstGeneration(settings, problem).propose(proposals, populationSize(), random);
    }

    private void offer(double[] genes, double[] from, @Nullable Particle mover) {
        // A word has no way between two words: it stays as it was.
        for (int i = 0; i < genes.length; i++) {
            genes[i] = problem.kinds().isWord(i) ? from[i] : genes[i];
        }
        if (proposals.offer(Breeding.clamp(genes))) {
            movers.add(mover);
        }
    }

    private void move(RandomGenerator random) {
        double lambda = LAMBDA * StrictMath.pow(DECAY, generation());
        double[] worst = population.getLast().here.genes();
        double[] best = population.stream()
                .map(p -> p.best)
                .max(Comparator.comparingDouble(problem::rate))
                .orElseThrow()
                .genes();
        for (Particle p : population) {
            double[] x = p.here.genes();
            double[] r = random.doubles(4).toArray();
            double[] v = GenomeOperators.velocity(p.velocity, x, p.best.genes(), best, worst, r);
            offer(GenomeOperators.move(x, lambda, v), x, new Particle(p.here, p.rate, v, p.best));
        }
    }

    private void cross(RandomGenerator random) {
        var free = new ArrayList<>(population);
        int pairs = (int) Math.ceil(CROSSED * (population.size() / 2));
        for (int pair = 0; pair < pairs && free.size() > 1; pair++) {
            Particle first = draw(free, random);
            Particle second = draw(free, random);
            double[] fitness = fitness(List.of(first, second));
            offer(GenomeOperators.combine(first.here.genes(), fitness[0], second.here.genes(),
                    fitness[1]), first.here.genes(), null);
        }
    }

    private Particle draw(List<Particle> free, RandomGenerator random) {
        return free.remove(Roulette.spin(fitness(free), random));
    }

    /** The main objectives, raised above 0 if one is not positive. */
    private double[] fitness(List<Particle> particles) {
        double[] rates = particles.stream()
                .mapToDouble(p -> Math.max(-1e9, p.rate))
                .toArray();
        double least = Arrays.stream(rates).min().orElse(0);
        double most = Arrays.stream(rates).max().orElse(0);
        double raise = least > 0 ? 0 : -least + 0.1 * (most - least);
        return Arrays.stream(rates).map(rate -> rate + raise).toArray();
    }

    private void mutate(RandomGenerator random) {
        for (Particle p : population) {
            if (random.nextDouble() < MUTATED) {
                double[] mutant = perturbed(p, random);
                if (proposals.offer(mutant)) {
                    movers.add(null);
                }
            }
        }
    }

    private double[] perturbed(Particle p, RandomGenerator random) {
        double[] x = p.here.genes();
        var mask = new boolean[x.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = random.nextDouble() < MUTATED_GENES;
        }
        mask[random.nextInt(mask.length)] = true;
        double[] noise = new double[x.length];
        Arrays.setAll(noise, _ -> random.nextGaussian());
        double[] mutant = GenomeOperators.mutate(x, settings.startSigma(), noise, mask);
        for (int i = 0; i < mutant.length; i++) {
            mutant[i] = problem.kinds().isWord(i)
                    ? (mask[i] ? random.nextDouble() : x[i])
                    : FirstGeneration.reflect(mutant[i]);
        }
        return mutant;
    }

    @Override
    void learn(List<Scored> evaluated, RandomGenerator random) {
        var rivals = new ArrayList<Particle>();
        Set<Scored> moved = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < evaluated.size(); i++) {
            Scored scored = evaluated.get(i);
            Particle mover = i < movers.size() ? movers.get(i) : null;
            if (scored.failed()) {
                continue;
            }
            if (mover == null) {
                rivals.add(born(scored));
            } else {
                moved.add(mover.here);
                double rate = problem.rate(scored);
                rivals.add(new Particle(scored, rate, mover.velocity,
                        rate > problem.rate(mover.best) ? scored : mover.best));
            }
        }
        population.stream().filter(p -> !moved.contains(p.here)).forEach(rivals::add);
        population = List.copyOf(select(rivals, random));
    }

    private List<Particle> select(List<Particle> rivals, RandomGenerator random) {
        rivals.sort(BY_MAIN);
        int wanted = Math.min(populationSize(), rivals.size());
        int elites = Math.min(wanted, (int) Math.ceil(ELITE * populationSize()));
        var selected = new ArrayList<>(rivals.subList(0, elites));
        var free = new ArrayList<>(rivals.subList(elites, rivals.size()));
        while (selected.size() < wanted) {
            int winner = free.size();
            for (int k = 0; k < TOURNAMENT; k++) {
                winner = Math.min(winner, random.nextInt(free.size()));
            }
            selected.add(free.remove(winner));
        }
        selected.sort(BY_MAIN);
        return selected;
    }

    @Override
    public boolean remembers() {
        return true;
    }

    @Override
    public List<double[]> remembered() {
        return places().stream().map(Scored::genes).toList();
    }

    private List<Scored> places() {
        var places = new ArrayList<Scored>();
        population.forEach(p -> {
            places.add(p.here);
            if (p.best != p.here) {
                places.add(p.best);
            }
        });
        return places;
    }

    @Override
    public void rescore(List<Scored> remembered) {
        var places = places();
        Rescoring.of(places, remembered);
        var moved = new ArrayList<Particle>();
        int next = 0;
        for (Particle p : population) {
            Scored here = remembered.get(next++);
            Scored best = p.best == p.here ? here : remembered.get(next++);
            if (!here.failed()) {
                double rate = problem.rate(here);
                moved.add(new Particle(here, rate, p.velocity,
                        problem.rate(best) > rate ? best : here));
            }
        }
        moved.sort(BY_MAIN);
        population = List.copyOf(moved);
    }
}
