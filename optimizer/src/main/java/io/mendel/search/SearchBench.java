package io.mendel.search;

import io.mendel.results.pareto.Hypervolume;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the algorithms on standard problems whose best results are known, and holds them against bars.
 *
 * <p>
 * With several objectives the result is the median hypervolume of the final population (reference 1.1 everywhere) after
 * 25 000 evaluations, population 100, uniform start; more is better. With one objective it is the median regret of the
 * best candidate after 300 evaluations, started at the centre; less is better.
 *
 * @since 0.1
 */
public final class SearchBench {
    private static final int FRONT_EVALUATIONS = 25_000;
    private static final int FRONT_POPULATION = 100;
    private static final int FEW_EVALUATIONS = 300;
    /** Hipparchus 4.0.3 reaches 0.0012 and 0.0087; a fifth more is allowed. */
    private static final double SPHERE_BAR = 1.2 * 0.0012;
    private static final double ELLIPSOID_BAR = 1.2 * 0.0087;
    private static final double NSGA3_BAR = 0.743;
    /** A search that is not twice as good as chance after 300 evaluations is not worth them. */
    private static final double SHARE_OF_CHANCE = 0.5;
    private static final int WARM_UP = 60;

    private SearchBench() {}

    /**
     * One line of the table.
     *
     * @param problem the problem, such as {@code zdt1} or {@code sphere-16}
     * @param algorithm the algorithm
     * @param measure {@code hypervolume}, the more the better, or {@code regret}, the less the better
     * @param evaluations the budget
     * @param seeds number of runs
     * @param median the median of the runs
     * @param bar what it is held against; null if there is nothing to hold it against
     * @param best the best there is
     */
    public record Row(String problem, Algorithm algorithm, String measure, int evaluations,
            int seeds, double median, @Nullable Double bar, double best) {

        /** Whether the bar is reached, or there is none. */
        public boolean passed() {
            return bar == null || (measure.equals("hypervolume") ? median >= bar : median <= bar);
        }
    }

    /**
     * A problem that can be run.
     *
     * @param name its name
     * @param algorithms the algorithms that have a bar on it
     */
    private record Problem(String name, List<Algorithm> algorithms,
            Function<Algorithm, Runner> runner) {}

    private interface Runner {
        Row run(int seeds);
    }

    /** The names of all problems. */
    public static List<String> problems() {
        return all().stream().map(Problem::name).toList();
    }

    /**
     * Whether a bar exists, so that an algorithm is run on a problem when nothing is asked for.
     *
     * @param problem one of {@link #problems()}
     */
    public static List<Algorithm> judged(String problem) {
        return named(problem).algorithms;
    }

    /**
     * Runs one algorithm on one problem.
     *
     * @param problem one of {@link #problems()}
     * @param algorithm the algorithm
     * @param seeds number of runs; 0 for 11, or 15 with one objective
     * @throws IllegalArgumentException if there is no such problem
     */
    public static Row run(String problem, Algorithm algorithm, int seeds) {
        if (seeds < 0) {
            throw new IllegalArgumentException("At least 1 run is needed, not " + seeds + ".");
        }
        return named(problem).runner.apply(algorithm).run(seeds);
    }

    private static Problem named(String name) {
        return all().stream()
                .filter(problem -> problem.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No problem is called " + name));
    }

    private static List<Problem> all() {
        var problems = new ArrayList<Problem>();
        for (StandardProblem problem : StandardProblem.values()) {
            var algorithms = problem == StandardProblem.DTLZ2
                    ? List.of(Algorithm.NSGA2, Algorithm.NSGA3)
                    : List.of(Algorithm.NSGA2);
            problems.add(new Problem(problem.key(), algorithms,
                    algorithm -> seeds -> front(problem, algorithm, seeds)));
        }
        var cma = List.of(Algorithm.CMA_ES, Algorithm.SEP_CMA_ES);
        problems.add(small("sphere-16", Landscape.Shape.SPHERE, 16, List.of(Algorithm.CMA_ES)));
        problems.add(small("ellipsoid-64", Landscape.Shape.ELLIPSOID, 64, cma));
        for (int genes : new int[]{16, 64}) {
            problems.add(small("merge-" + genes, Landscape.Shape.MERGE, genes,
                    List.of(Algorithm.CMA_ES, Algorithm.SEP_CMA_ES, Algorithm.GA,
                            Algorithm.PORTFOLIO, Algorithm.GENOME, Algorithm.AUTO)));
        }
        return problems;
    }

    private static Problem small(String name, Landscape.Shape shape, int genes,
            List<Algorithm> judged) {
        return new Problem(name, judged,
                algorithm -> seeds -> regret(name, shape, genes, algorithm, seeds));
    }

    private static double median(int seeds, Function<Integer, Double> run) {
        double[] values = IntStream.range(0, seeds).parallel().mapToDouble(run::apply).toArray();
        Arrays.sort(values);
        return values[seeds / 2];
    }

    private static Row front(StandardProblem problem, Algorithm algorithm, int wanted) {
        int seeds = wanted == 0 ? 11 : wanted;
        Double bar = algorithm == Algorithm.NSGA2
                ? Double.valueOf(problem.bar())
                : algorithm == Algorithm.NSGA3 && problem == StandardProblem.DTLZ2
                        ? NSGA3_BAR
                        : null;
        double median = median(seeds,
                seed -> hypervolume(problem, algorithm, seed, FRONT_EVALUATIONS));
        return new Row(problem.key(), algorithm, "hypervolume", FRONT_EVALUATIONS, seeds, median,
                bar, problem.optimum());
    }

    static double hypervolume(StandardProblem problem, Algorithm algorithm, long seed,
            int evaluations) {
        var settings = with(SearchSettings.of(algorithm, seed), FRONT_POPULATION, "uniform");
        var strategy = Strategies.create(settings, SearchProblem.continuous(problem.genes()));
        var archive = new ArrayList<double[]>();
        for (int done = 0; done < evaluations;) {
            var told = strategy.ask().stream().map(x -> score(problem, x)).toList();
            done += told.size();
            told.forEach(scored -> archive.add(scored.objectives()));
            strategy.tell(told);
        }
        var reference = new double[problem.objectives()];
        Arrays.fill(reference, -1.1);
        var remembered = strategy.remembered();
        // What the strategy would go on with; one that forgets has only what it found.
        return Hypervolume.of(remembered.isEmpty()
                ? archive
                : remembered.stream().map(x -> score(problem, x).objectives()).toList(),
                reference);
    }

    private static Scored score(StandardProblem problem, double[] x) {
        return Scored.of(x, Arrays.stream(problem.minimised(x)).map(f -> -f).toArray());
    }

    private static SearchSettings with(SearchSettings settings, int population, String start) {
        try {
            return settings.with("population", population).with("start", start);
        } catch (SearchException e) {
            throw new IllegalStateException("These settings are in range.", e);
        }
    }

    private static Row regret(String name, Landscape.Shape shape, int genes, Algorithm algorithm,
            int wanted) {
        int seeds = wanted == 0 ? 15 : wanted;
        double median = median(seeds,
                seed -> regret(shape, genes, SearchSettings.of(algorithm, seed), FEW_EVALUATIONS));
        Double bar = switch (shape) {
            case SPHERE -> algorithm == Algorithm.CMA_ES ? SPHERE_BAR : null;
            case ELLIPSOID -> algorithm == Algorithm.CMA_ES || algorithm == Algorithm.SEP_CMA_ES
                    ? ELLIPSOID_BAR
                    : null;
            // Genome search, which nothing chooses by itself, is 1.6 times as good as chance: there for comparison.
            case MERGE -> algorithm == Algorithm.GENOME
                    ? null
                    : Double.valueOf(SHARE_OF_CHANCE * median(seeds,
                            seed -> regret(shape, genes, SearchSettings.of(Algorithm.RANDOM, seed),
                                    FEW_EVALUATIONS)));
        };
        return new Row(name, algorithm, "regret", FEW_EVALUATIONS, seeds, median, bar, 0);
    }

    static double regret(Landscape.Shape shape, int genes, SearchSettings settings,
            int evaluations) {
        var landscape = new Landscape(shape, genes, settings.seed());
        var strategy = Strategies.create(settings, SearchProblem.continuous(genes));
        double best = Double.NEGATIVE_INFINITY;
        double regret = Double.NaN;
        for (int done = 0; done < evaluations;) {
            var told = new ArrayList<Scored>();
            for (double[] x : strategy.ask()) {
                double score = landscape.score(x);
                if (score > best && done < evaluations) {
                    best = score;
                    regret = landscape.regret(x);
                }
                done++;
                told.add(Scored.of(x, score));
            }
            strategy.tell(told);
        }
        return regret;
    }

    /**
     * Milliseconds that one generation takes to breed and select, the scores being free.
     *
     * @param algorithm the algorithm
     * @param population candidates of a generation
     * @param genes number of genes
     * @param objectives number of objectives
     * @return the median of 15 generations after 60 to warm up
     */
    public static double breedingMillis(Algorithm algorithm, int population, int genes,
            int objectives) {
        SearchSettings settings = with(SearchSettings.of(algorithm, 1), population, "uniform");
        var strategy = Strategies.create(settings, SearchProblem.continuous(genes));
        var millis = new double[15];
        for (int generation = 0; generation < WARM_UP + millis.length; generation++) {
            long asking = System.nanoTime();
            var asked = strategy.ask();
            long given = System.nanoTime();
            var told = asked.stream().map(x -> Scored.of(x, spread(x, objectives))).toList();
            long telling = System.nanoTime();
            strategy.tell(told);
            long end = System.nanoTime();
            if (generation >= WARM_UP) {
                millis[generation - WARM_UP] = (given - asking + end - telling) / 1e6;
            }
        }
        Arrays.sort(millis);
        return millis[millis.length / 2];
    }

    /** Objectives that conflict: the nearness of the genes to as many corners. */
    private static double[] spread(double[] x, int objectives) {
        var scores = new double[objectives];
        for (int m = 0; m < objectives; m++) {
            for (int i = 0; i < x.length; i++) {
                double corner = i % objectives == m ? 1 : 0;
                scores[m] -= (x[i] - corner) * (x[i] - corner);
            }
        }
        return scores;
    }

    /** The algorithm of this name, or null. */
    public static @Nullable Algorithm algorithm(String name) {
        return Arrays.stream(Algorithm.values())
                .filter(algorithm -> algorithm.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElse(null);
    }
}
