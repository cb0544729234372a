package io.mendel.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * NSGA-III: survivors are spread along reference directions, which works for three and more objectives.
 *
 * <p>
 * K. Deb and H. Jain, <em>An evolutionary many-objective optimization algorithm using reference-point-based nondominated
 * sorting approach, part I: solving problems with box constraints</em>, 2014,
 * <a href="https://doi.org/10.1109/TEVC.2013.2281535">10.1109/TEVC.2013.2281535</a>. There are as many directions as fit
 * into the population.
 */
final class Nsga3 extends PopulationStrategy {
    private final Breeding breeding;
    private final ObjectiveScale scale = new ObjectiveScale();
    private List<double[]> directions = List.of();
    private double[] squares = {};

    Nsga3(SearchSettings settings, SearchProblem problem) {
        super(settings, problem);
        breeding = new Breeding(settings, problem);
    }

    @Override
    void breed(RandomGenerator random) {
        int wanted = settings.offspring() > 0 ? settings.offspring() : populationSize();
        // Survival chooses hard enough; the paper pairs parents at random.
        fill(wanted, random, () -> {
            double[] mother = any(random);
            return breeding.child(mother, any(random), random);
        });
    }

    private double[] any(RandomGenerator random) {
        return population.get(random.nextInt(population.size())).genes();
    }

    @Override
    List<Scored> survivors(List<Scored> rivals, RandomGenerator random) {
        int wanted = populationSize();
        var chosen = new ArrayList<Scored>();
        List<Scored> first = List.of();
        for (List<Scored> front : Standing.fronts(rivals)) {
            first = first.isEmpty() ? front : first;
            boolean feasible = front.getFirst().violation() == 0;
            if (chosen.size() + front.size() <= wanted) {
                chosen.addAll(front);
            } else if (chosen.size() < wanted && feasible) {
                chosen.addAll(niche(chosen, front, first, wanted - chosen.size(), random));
            }
        }
        return chosen;
    }

    /** Chooses from the last front those along the directions that the chosen ones leave empty. */
    private List<Scored> niche(List<Scored> chosen, List<Scored> last, List<Scored> first,
            int wanted, RandomGenerator random) {
        var all = new ArrayList<>(chosen);
        all.addAll(last);
        List<double[]> points = scale.normalise(all.stream().map(Nsga3::costs).toList(),
                first.stream().map(Nsga3::costs).toList());
        if (directions.isEmpty()) {
            directions = ReferenceDirections.atMost(points.getFirst().length, populationSize());
            squares = directions.stream().mapToDouble(Nsga3::square).toArray();
        }
        var counts = new int[directions.size()];
        var niches = new ArrayList<List<Member>>();
        directions.forEach(_ -> niches.add(new ArrayList<>()));
        for (int i = 0; i < points.size(); i++) {
            int nearest = nearest(points.get(i));
            if (i < chosen.size()) {
                counts[nearest]++;
            } else {
                niches.get(nearest)
                        .add(new Member(all.get(i),
                                distance(points.get(i), square(points.get(i)), nearest)));
            }
        }
        var picked = new ArrayList<Scored>();
        while (picked.size() < wanted) {
            int niche = leastCrowded(counts, niches, random);
            picked.add(take(niches.get(niche), counts[niche] == 0, random));
            counts[niche]++;
        }
        return picked;
    }

    private record Member(Scored scored, double distance) {}

    private static double[] costs(Scored scored) {
        return Arrays.stream(scored.objectives()).map(x -> -x).toArray();
    }

    private static int leastCrowded(int[] counts, List<List<Member>> niches,
            RandomGenerator random) {
        int least = Integer.MAX_VALUE;
        var candidates = new ArrayList<Integer>();
        for (int i = 0; i < counts.length; i++) {
            if (!niches.get(i).isEmpty() && counts[i] <= least) {
                if (counts[i] < least) {
                    candidates.clear();
                    least = counts[i];
                }
                candidates.add(i);
            }
        }
        return candidates.get(random.nextInt(candidates.size()));
    }

    private static Scored take(List<Member> members, boolean nearest, RandomGenerator random) {
        int place = random.nextInt(members.size());
        for (int i = 0; nearest && i < members.size(); i++) {
            place = members.get(i).distance < members.get(place).distance ? i : place;
        }
        return members.remove(place).scored;
    }

    /** The direction whose line is nearest; this is most of the time that a large generation takes. */
    private int nearest(double[] point) {
        double square = square(point);
        int nearest = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < squares.length; i++) {
            double distance = distance(point, square, i);
            if (distance < least) {
                least = distance;
                nearest = i;
            }
        }
        return nearest;
    }

    /** Squared distance of a point to the line along a direction. */
    private double distance(double[] point, double square, int direction) {
        double[] along = directions.get(direction);
        double dot = 0;
        for (int i = 0; i < point.length; i++) {
            dot += point[i] * along[i];
        }
        return square - dot * dot / squares[direction];
    }

    private static double square(double[] vector) {
        double square = 0;
        for (double x : vector) {
            square += x * x;
        }
        return square;
    }
}
