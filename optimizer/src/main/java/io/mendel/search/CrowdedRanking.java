package io.mendel.search;

import io.jenetics.DoubleGene;
import io.jenetics.Phenotype;
import io.jenetics.util.Seq;
import io.mendel.results.pareto.CrowdingDistance;
import io.mendel.results.pareto.NonDominatedSorting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Orders a population: by front, then by crowding within the front, then by place.
 *
 * <p>
 * Individuals that miss the constraints come after all fronts, the less they miss the better; then those whose genes
 * already occurred; failed ones come last. With one objective the fronts
 * are the distinct scores, so the order is that of an elitist genetic algorithm.
 */
final class CrowdedRanking {
    private final int[] rank;
    private final double[] crowding;

    private CrowdedRanking(int size) {
        rank = new int[size];
        crowding = new double[size];
    }

    static CrowdedRanking of(Seq<Phenotype<DoubleGene, Fitness>> population) {
        var ranking = new CrowdedRanking(population.size());
        Arrays.fill(ranking.rank, Integer.MAX_VALUE);
        var points = new ArrayList<double[]>();
        var places = new ArrayList<Integer>();
        var violating = new ArrayList<Integer>();
        var genotypes = new HashSet<GeneVector>();
        for (int i = 0; i < population.size(); i++) {
            var individual = population.get(i);
            if (individual.fitness().failed()) {
                continue;
            }
            if (!genotypes.add(new GeneVector(Individuals.genes(individual)))) {
                ranking.rank[i] = Integer.MAX_VALUE - 1;
            } else if (individual.fitness().violation() > 0) {
                violating.add(i);
            } else {
                points.add(individual.fitness().objectives());
                places.add(i);
            }
        }
        List<int[]> fronts = NonDominatedSorting.fronts(points);
        for (int f = 0; f < fronts.size(); f++) {
            int[] front = fronts.get(f);
            double[] distance = CrowdingDistance.of(points, front);
            for (int k = 0; k < front.length; k++) {
                int place = places.get(front[k]);
                ranking.rank[place] = f;
                ranking.crowding[place] = distance[k];
            }
        }
        ranking.rankViolating(population, violating, fronts.size());
        return ranking;
    }

    private void rankViolating(Seq<Phenotype<DoubleGene, Fitness>> population,
            List<Integer> violating, int first) {
        violating.sort(Comparator.comparingDouble(i -> population.get(i).fitness().violation()));
        for (int k = 0; k < violating.size(); k++) {
            rank[violating.get(k)] = first + k;
        }
    }

    /** Negative if the individual at place {@code i} is better than that at {@code j}; 0 if neither is. */
    int compare(int i, int j) {
        return rank[i] != rank[j]
                ? Integer.compare(rank[i], rank[j])
                : Double.compare(crowding[j], crowding[i]);
    }

    /** All places, best first. */
    int[] order() {
        return IntStream.range(0, rank.length)
                .boxed()
                .sorted(this::compare)
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
