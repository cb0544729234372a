package io.mendel.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jenetics.DoubleGene;
import io.jenetics.Optimize;
import io.jenetics.Phenotype;
import io.jenetics.util.ISeq;
import io.jenetics.util.RandomRegistry;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorsTest {
    private final RandomGenerator random = GenerationRandom.of(1, 2);

    @Test
    void crossedChildrenKeepTheirParentsMeanExactly() {
        var crossover = new SimulatedBinaryCrossover(1, 15, GeneKinds.numbers(20));
        for (int round = 0; round < 1000; round++) {
            double[] first = random.doubles(20).toArray();
            double[] second = random.doubles(20).toArray();
            double[] a = first.clone();
            double[] b = second.clone();
            crossover.cross(a, b, random);
            for (int i = 0; i < a.length; i++) {
                assertThat(a[i] + b[i]).isCloseTo(first[i] + second[i], within(1e-15));
            }
        }
    }

    /** A child's distance from the mean is β/2 of the parents', and E|β| follows from its density. */
    @ParameterizedTest
    @ValueSource(doubles = {2, 5, 15})
    void spreadOfCrossedChildrenFollowsTheDistributionIndex(double eta) {
        var crossover = new SimulatedBinaryCrossover(1, eta, GeneKinds.numbers(200_000));
        var a = new double[200_000];
        var b = new double[a.length];
        Arrays.fill(a, 0.2);
        Arrays.fill(b, 0.6);
        crossover.cross(a, b, random);
        double beta = Arrays.stream(a).map(x -> Math.abs(x - 0.4) / 0.2).average().orElseThrow();
        double spread = 0.5 * ((eta + 1) / (eta + 2) + (eta + 1) / eta);
        assertThat(beta).isCloseTo(0.5 + 0.5 * spread, within(0.01));
        // Half of the genes are not crossed, and of the others each child gets either side.
        assertThat(Arrays.stream(a).filter(x -> x == 0.2).count()).isBetween(99_000L, 101_000L);
        assertThat(Arrays.stream(a).filter(x -> x != 0.2).average().orElseThrow()).isCloseTo(0.4,
                within(0.003));
    }

    @Test
    void equalParentsHaveEqualChildren() {
        double[] a = {0.1, 0.5};
        double[] b = a.clone();
        new SimulatedBinaryCrossover(1, 15, GeneKinds.numbers(2)).cross(a, b, random);
        assertThat(a).containsExactly(0.1, 0.5);
        assertThat(b).containsExactly(0.1, 0.5);
    }

    @Test
    void crossoverAltersNeighboursWithinTheBox() {
        var population = Stream
                .generate(() -> individual(random.doubles(8).map(Math::round).toArray(), 0))
                .limit(401)
                .collect(ISeq.toISeq());
        var altered = RandomRegistry.with(random)
                .call(() -> new SimulatedBinaryCrossover(0.5, 2, GeneKinds.numbers(8))
                        .alter(population, 3)
                        .population());
        assertThat(altered.get(400)).isSameAs(population.get(400));
        int crossed = 0;
        for (int i = 0; i < altered.size(); i++) {
            crossed += altered.get(i).equals(population.get(i)) ? 0 : 1;
            assertThat(Arrays.stream(Individuals.genes(altered.get(i))))
                    .allMatch(x -> x >= 0 && x <= 1);
        }
        assertThat(crossed).isBetween(160, 240);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-300, 0.01, 0.5, 0.99, 1})
    void mutatedGenesStayInTheBoxAndMutateAtTheGivenRate(double start) {
        double probability = 0.3;
        var genes = new double[100_000];
        Arrays.fill(genes, start);
        int changed = new PolynomialMutation(probability, 5, GeneKinds.numbers(genes.length))
                .mutate(genes, random);
        assertThat(Arrays.stream(genes)).allMatch(x -> x >= 0 && x <= 1);
        assertThat(changed).isBetween(29_000, 31_000);
        assertThat(Arrays.stream(genes).filter(x -> x != start).count())
                .isBetween(changed / 2 - 1000L, (long) changed);
    }

    @Test
    void mutationIsCentredOnTheCurrentValue() {
        for (double start : new double[]{0.3, 0.5, 0.7}) {
            var genes = new double[200_000];
            Arrays.fill(genes, start);
            new PolynomialMutation(1, 20, GeneKinds.numbers(genes.length)).mutate(genes, random);
            Arrays.sort(genes);
            assertThat(genes[genes.length / 2]).isCloseTo(start, within(0.002));
            double distance = Arrays.stream(genes)
                    .map(x -> Math.abs(x - start))
                    .average()
                    .orElseThrow();
            // E|δ| of the unbounded operator is 1/(η + 2).
            assertThat(distance).isCloseTo(1 / 22.0, within(0.002));
        }
    }

    private static Phenotype<DoubleGene, Fitness> individual(double[] genes, double... objectives) {
        return Individuals.of(genes, 0).withFitness(new Fitness(objectives));
    }

    @Test
    void rankingPutsDuplicatesAfterTheFrontsAndFailuresLast() {
        var best = individual(new double[]{0.1}, 5, 5);
        var twin = individual(new double[]{0.1}, 5, 5);
        var worse = individual(new double[]{0.2}, 1, 1);
        var failed = individual(new double[]{0.3});
        var order = new NonDominatedSurvival().select(ISeq.of(failed, best, twin, worse), 4,
                Optimize.MAXIMUM);
        assertThat(order.asList()).containsExactly(best, worse, twin, failed);
    }

    @Test
    void survivalPrefersTheLeastCrowdedOfTheLastFront() {
        var left = individual(new double[]{0.1}, 0, 10);
        var crowded = individual(new double[]{0.2}, 0.1, 9.9);
        var middle = individual(new double[]{0.3}, 5, 5);
        var right = individual(new double[]{0.4}, 10, 0);
        var order = new NonDominatedSurvival().select(ISeq.of(crowded, middle, left, right), 3,
                Optimize.MAXIMUM);
        assertThat(order.asList()).containsExactlyInAnyOrder(left, middle, right);
    }

    @Test
    void tournamentPrefersBetterIndividuals() {
        var population = Stream.iterate(0, i -> i + 1)
                .limit(10)
                .map(i -> individual(new double[]{i / 10.0}, i))
                .collect(ISeq.toISeq());
        var winners = RandomRegistry.with(random)
                .call(() -> new CrowdedTournament().select(population, 9000, Optimize.MAXIMUM));
        var wins = new int[10];
        winners.forEach(w -> wins[population.indexOf(w)]++);
        // Of 45 pairs, individual i is the better one in i.
        for (int i = 0; i < 10; i++) {
            assertThat(wins[i]).isCloseTo(200 * i, within(150));
        }
        assertThat(wins[0]).isZero();
    }

    @Test
    void reflectionFoldsTheLineOntoTheBox() {
        assertThat(FirstGeneration.reflect(-0.25)).isEqualTo(0.25);
        assertThat(FirstGeneration.reflect(1.25)).isEqualTo(0.75);
        assertThat(FirstGeneration.reflect(2.25)).isEqualTo(0.25);
        assertThat(FirstGeneration.reflect(0.6)).isEqualTo(0.6);
    }
}
