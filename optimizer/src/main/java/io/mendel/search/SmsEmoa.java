package io.mendel.search;

import io.mendel.results.pareto.HypervolumeContribution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * SMS-EMOA: a few offspring at a time, and whoever adds least to the hypervolume of the last front dies.
 *
 * <p>
 * N. Beume, B. Naujoks and M. Emmerich, <em>SMS-EMOA: multiobjective selection based on dominated hypervolume</em>, 2007,
 * <a href="https://doi.org/10.1016/j.ejor.2006.08.008">10.1016/j.ejor.2006.08.008</a>. Objectives are scaled to the range
 * of the front; the reference point lies one range below it, so extreme points stay. Up to four offspring are bred from
 * one population, which is nearly steady state and lets several workers score them.
 */
final class SmsEmoa extends PopulationStrategy {
    private static final int OFFSPRING = 4;

    private final Breeding breeding;

    SmsEmoa(SearchSettings settings, SearchProblem problem) {
        super(settings, problem);
        breeding = new Breeding(settings, problem);
    }

    @Override
    void breed(RandomGenerator random) {
        int wanted = settings.offspring() > 0
                ? settings.offspring()
                : Math.min(OFFSPRING, populationSize());
        fill(wanted, random, () -> {
            double[] mother = parent(random);
            return breeding.child(mother, parent(random), random);
        });
    }

    /** The better of two: the population is kept best front first. */
    private double[] parent(RandomGenerator random) {
        int one = random.nextInt(population.size());
        int other = random.nextInt(population.size());
        return population.get(Math.min(one, other)).genes();
    }

    @Override
    List<Scored> survivors(List<Scored> rivals, RandomGenerator random) {
        int wanted = populationSize();
        var chosen = new ArrayList<Scored>();
        for (List<Scored> front : Standing.fronts(rivals)) {
            int room = wanted - chosen.size();
            if (room <= 0) {
                break;
            }
            chosen.addAll(front.size() <= room ? front : largest(front, room));
        }
        return chosen;
    }

    private static List<Scored> largest(List<Scored> front, int room) {
        var left = new ArrayList<>(front);
        var points = new ArrayList<>(scaled(front));
        var reference = new double[points.getFirst().length];
        Arrays.fill(reference, -1);
        while (left.size() > room) {
            double[] contributions = HypervolumeContribution.of(points, reference);
            int least = contributions.length - 1;
            for (int i = least - 1; i >= 0; i--) {
                least = contributions[i] < contributions[least] ? i : least;
            }
            left.remove(least);
            points.remove(least);
        }
        return left;
    }

    /** Objectives from 0, the worst of the front, to 1, the best. */
    private static List<double[]> scaled(List<Scored> front) {
        double[] worst = front.getFirst().objectives().clone();
        double[] best = front.getFirst().objectives().clone();
        for (Scored scored : front) {
            double[] x = scored.objectives();
            for (int i = 0; i < x.length; i++) {
                worst[i] = Math.min(worst[i], x[i]);
                best[i] = Math.max(best[i], x[i]);
            }
        }
        return front.stream().map(scored -> {
            double[] x = scored.objectives().clone();
            Arrays.setAll(x, i -> (x[i] - worst[i]) / Math.max(1e-12, best[i] - worst[i]));
            return x;
        }).toList();
    }
}
