package io.mendel.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.benchmark.Benchmark;
import io.mendel.results.ItemScores;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Outcome;
import io.mendel.results.Scores;
import io.mendel.results.pareto.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whom a race gives up and whom not, on made-up scores of the demo's items. */
class RaceTest {

    private static final List<String> TASKS = List.of("know_ja", "arith_en", "order_en");
    private static final int ITEMS = 60;
    private static final List<ObjectiveDefinition> OBJECTIVES = TASKS.stream()
            .map(task -> new ObjectiveDefinition(task, Direction.MAXIMIZE, task, "acc"))
            .toList();
    private static final Goals MEAN = new Goals(OBJECTIVES, new Main(Main.Rule.MEAN, TASKS));
    private static final Goals MIN = new Goals(OBJECTIVES, new Main(Main.Rule.MIN, TASKS));

    private final ItemParts parts = parts(ITEMS);
    private final SplittableRandom random = new SplittableRandom(5);

    private static ItemParts parts(int items) {
        try {
            Benchmark benchmark = BenchmarkFiles.load(
                    TASKS.stream()
                            .map(task -> SmallCampaign.DEMO.resolve("tasks/" + task + ".yaml"))
                            .toList(),
                    List.of(SmallCampaign.DEMO));
            return ItemParts.cut(benchmark, benchmark.first(items));
        } catch (io.mendel.space.InvalidInputException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Right and wrong answers, with one probability of being right for each task. */
    private double[][] answers(double... chances) {
        return Arrays.stream(chances)
                .mapToObj(chance -> IntStream.range(0, ITEMS)
                        .mapToDouble(_ -> random.nextDouble() < chance ? 1 : 0)
                        .toArray())
                .toArray(double[][]::new);
    }

    /** The same answers, some of the right ones made wrong. */
    private double[][] worse(double[][] answers, double... shares) {
        var result = new double[answers.length][];
        for (int t = 0; t < result.length; t++) {
            double share = shares[t];
            result[t] = Arrays.stream(answers[t])
                    .map(x -> random.nextDouble() < share ? 0 : x)
                    .toArray();
        }
        return result;
    }

    private static double mean(double[] scores) {
        return Arrays.stream(scores).average().orElseThrow();
    }

    private static Race.Rival rival(double[][] answers) {
        return new Race.Rival(Arrays.stream(answers).mapToDouble(RaceTest::mean).toArray(),
                answers);
    }

    private static List<ItemScores> scores(double[][] answers, int count) {
        var scores = new ArrayList<ItemScores>();
        for (int t = 0; t < answers.length; t++) {
            scores.add(new ItemScores(TASKS.get(t), "acc", IntStream.range(0, count).toArray(),
                    Arrays.copyOf(answers[t], count)));
        }
        return scores;
    }

    private Race race(Goals goals, boolean single, double[][]... rivals) {
        return Race.against(Arrays.stream(rivals).map(RaceTest::rival).toList(), goals, single,
                parts);
    }

    private Race.@Nullable Verdict verdict(Race race, double[][] answers) {
        return race.verdict(1, new TreeMap<>(), scores(answers, ITEMS / 4));
    }

    @Test
    void itemsAreCutIntoAQuarterAnotherAndTheRest() {
        assertThat(parts.count()).isEqualTo(3);
        assertThat(parts.items(1)).isEqualTo(45);
        assertThat(parts.items("arith_en", 2)).isEqualTo(30);
        assertThat(parts.items(3)).isEqualTo(180);
        assertThat(parts(24).count()).as("a quarter would be 6 items").isEqualTo(2);
        assertThat(parts(22).count()).isEqualTo(1);
    }

    @Test
    void aClearlyWorseCandidateIsGivenUpAndRanksBelowWhoBeatIt() {
        double[][] best = answers(0.9, 0.9, 0.9);
        double[][] poor = worse(best, 0.6, 0.6, 0.6);
        Race race = race(MEAN, true, best);

        Race.Verdict verdict = Objects.requireNonNull(verdict(race, poor));

        assertThat(verdict.parts()).isEqualTo(1);
        assertThat(MEAN.main(verdict.objectives())).isLessThan(MEAN.main(rival(best).objectives()));
        // The rival's score on all items plus the mean difference on the first.
        assertThat(verdict.objectives()[0]).isEqualTo(mean(best[0])
                + mean(Arrays.copyOf(poor[0], 15)) - mean(Arrays.copyOf(best[0], 15)),
                org.assertj.core.data.Offset.offset(1e-12));
        assertThat(verdict.items()).hasSize(3 * ITEMS);
        assertThat(Arrays.copyOf(verdict.items(), 15)).isEqualTo(Arrays.copyOf(poor[0], 15));
    }

    @Test
    void anEqualOrBetterCandidateGoesOn() {
        double[][] best = answers(0.6, 0.6, 0.6);

        assertThat(verdict(race(MEAN, true, best), best)).isNull();
        assertThat(verdict(race(MEAN, true, worse(best, 0.3, 0.3, 0.3)), best)).isNull();
        assertThat(Race.NONE.isOn()).isFalse();
    }

    /** Chernoff's bound is wide: far fewer than a tenth of the races against an equal end early. */
    @Test
    void equalsAreSeldomGivenUp() {
        int givenUp = 0;
        int wrong = 0;
        for (int round = 0; round < 500; round++) {
            double[][] best = answers(0.5, 0.6, 0.7);
            double[][] equal = answers(0.5, 0.6, 0.7);
            Race race = race(MEAN, true, best);
            if (race.replay(finished(equal), scores(equal, ITEMS)) instanceof Outcome.Raced) {
                givenUp++;
                wrong += MEAN.main(rival(equal).objectives()) >= MEAN.main(rival(best).objectives())
                        ? 1
                        : 0;
            }
        }
        assertThat(givenUp).isBetween(1, 25);
        assertThat(wrong).isLessThan(5);
    }

    @Test
    void severalObjectivesMustAllBeWorse() {
        double[][] best = answers(0.95, 0.95, 0.95);
        double[][] specialist = worse(best, 0.8, 0.8, 0);
        double[][] poor = worse(best, 0.8, 0.8, 0.8);

        assertThat(verdict(race(MEAN, true, best), specialist)).isNotNull();
        assertThat(verdict(race(MEAN, false, best), specialist)).isNull();
        assertThat(verdict(race(MEAN, false, specialist, best), poor)).isNotNull();
        for (double estimate : Objects.requireNonNull(verdict(race(MEAN, false, best), poor))
                .objectives()) {
            assertThat(estimate).isLessThan(0.6);
        }
    }

    @Test
    void theLeastObjectiveDecidesWhereTheMainObjectiveIsTheLeast() {
        double[][] best = answers(0.9, 0.9, 0.9);
        double[][] lopsided = worse(best, 0, 0.8, 0);

        assertThat(verdict(race(MIN, true, best), lopsided)).isNotNull();
        assertThat(verdict(race(MIN, true, lopsided), best)).isNull();
    }

    @Test
    void propertiesOfTheModelAreComparedAsTheyAre() {
        var goals = new Goals(List.of(OBJECTIVES.getFirst(),
                new ObjectiveDefinition("layers", Direction.MINIMIZE, null, "layers")),
                new Main(Main.Rule.MEAN, List.of("know_ja")));
        double[][] best = {answers(0.95)[0], {}};
        double[][] poor = {worse(best, 0.9, 0)[0], {}};
        var race = Race.against(
                List.of(new Race.Rival(new double[]{mean(best[0]), -6}, best)), goals, false,
                parts);
        var items = List.of(new ItemScores("know_ja", "acc", IntStream.range(0, 15).toArray(),
                Arrays.copyOf(poor[0], 15)));

        assertThat(race.verdict(1, new TreeMap<>(Map.of("layers", 6.0)), items)).isNotNull();
        assertThat(race.verdict(1, new TreeMap<>(Map.of("layers", 5.0)), items))
                .as("it has fewer layers")
                .isNull();
    }

    private static Outcome.Finished finished(double[][] answers) {
        var objectives = new TreeMap<String, Double>();
        for (int t = 0; t < answers.length; t++) {
            objectives.put(TASKS.get(t), mean(answers[t]));
        }
        return new Outcome.Finished(objectives, Scores.none(), List.of());
    }

    @Test
    void whatIsKnownAlreadyIsJudgedAsIfItWereScoredNow() {
        double[][] best = answers(0.9, 0.9, 0.9);
        double[][] poor = worse(best, 0.6, 0.6, 0.6);
        Race race = race(MEAN, true, best);

        var replayed = (Outcome.Raced) Objects
                .requireNonNull(race.replay(finished(poor), scores(poor, ITEMS)));
        assertThat(replayed.scored()).isEqualTo(45);
        assertThat(replayed.of()).isEqualTo(180);
        assertThat(replayed.items()).containsExactlyInAnyOrderElementsOf(scores(poor, 15));
        assertThat(Objects.requireNonNull(race.verdict(replayed)).objectives())
                .isEqualTo(Objects.requireNonNull(verdict(race, poor)).objectives());

        assertThat(race(MEAN, true, poor).replay(replayed, replayed.items()))
                .as("against a weaker rival it would have gone on, to items nobody knows")
                .isNull();
        Outcome whole = finished(poor);
        assertThat(race(MEAN, true, poor).replay(whole, scores(poor, ITEMS))).isEqualTo(whole);
    }
}
