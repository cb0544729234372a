package io.mendel.search;

import io.mendel.search.SearchException.Kind;
import io.mendel.space.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * How to search.
 *
 * @param algorithm the algorithm
 * @param seed every random choice of the search follows from it
 * @param population candidates that survive a generation, and size of the first one, 2 to 100 000; 0 leaves it to the
 *            algorithm: 4 + ⌊3 ln genes⌋ for CMA-ES, 16 for the GA and GENOME+, 20 for niches, else 24
 * @param offspring candidates of a later generation, at most 100 000; 0 leaves it to the algorithm: 4 for SMS-EMOA and
 *            niches, half the population for MAP-Elites and the portfolio, else the population. Fewer are better for a
 *            small budget, but keep fewer workers busy
 * @param crossoverProbability share of parent pairs that are crossed, 0 to 1
 * @param crossoverEta distribution index of the crossover, at least 0: the higher, the closer children are to parents
 * @param mutationProbability share of genes that mutate, 0 to 1; −1 is 1 / genes
 * @param mutationEta distribution index of the mutation, at least 0: the higher, the smaller the steps
 * @param start where the first generation lies
 * @param startSigma standard deviation of each gene around the centre, above 0 and at most 1; also the first step size
 *            of CMA-ES
 * @param correlationsAfter evaluations after which CMA-ES begins to learn how genes depend on each other, at least 0; −1
 *            is twenty for each gene
 * @since 0.1
 */
public record SearchSettings(Algorithm algorithm, long seed, int population, int offspring,
        double crossoverProbability,
        double crossoverEta, double mutationProbability, double mutationEta, Start start,
        double startSigma, int correlationsAfter) {

    /** Where the first generation lies. */
    public enum Start {
        /** Around the centre of the problem. */
        CENTRE,
        /** Anywhere, uniformly. */
        UNIFORM
    }

    private static final List<String> KEYS = List.of("algorithm", "seed", "population", "offspring",
            "crossover_probability", "crossover_eta", "mutation_probability", "mutation_eta",
            "start", "start_sigma", "correlations_after");
    private static final int LARGEST = 100_000;
    private static final int OWN = -1;

    public SearchSettings {
        Objects.requireNonNull(algorithm, "algorithm");
        Objects.requireNonNull(start, "start");
        require(population == 0 || (population >= 2 && population <= LARGEST), "population",
                population,
                "0 or from 2 to " + LARGEST);
        require(offspring >= 0 && offspring <= LARGEST, "offspring", offspring,
                "from 0 to " + LARGEST);
        require(crossoverProbability == OWN
                || (crossoverProbability >= 0 && crossoverProbability <= 1),
                "crossover_probability", crossoverProbability,
                "in [0, 1], or -1 for the algorithm's own");
        require(crossoverEta == OWN || (crossoverEta >= 0 && crossoverEta <= 1e6),
                "crossover_eta", crossoverEta, "from 0 to 1e6, or -1 for the algorithm's own");
        require(mutationProbability == -1 || (mutationProbability >= 0 && mutationProbability <= 1),
                "mutation_probability", mutationProbability, "in [0, 1], or -1 for 1 / genes");
        require(mutationEta >= 0 && mutationEta <= 1e6, "mutation_eta", mutationEta,
                "from 0 to 1e6");
        require(startSigma > 0 && startSigma <= 1, "start_sigma", startSigma,
                "above 0 and at most 1");
        require(correlationsAfter >= OWN, "correlations_after", correlationsAfter,
                "at least 0, or -1 for twenty for each gene");
    }

    private static void require(boolean valid, String key, Object value, String range) {
        if (!valid) {
            throw new IllegalArgumentException(
                    "The search setting %s must be %s, not %s.".formatted(key, range, value));
        }
    }

    /**
     * The textbook settings.
     *
     * @param algorithm the algorithm
     * @param seed every random choice of the search follows from it
     */
    public static SearchSettings of(Algorithm algorithm, long seed) {
        return new SearchSettings(algorithm, seed, 0, 0, OWN, OWN, OWN, 20, Start.CENTRE,
                1 / 6.0, OWN);
    }

    /**
     * Settings from the {@code search} section of a campaign; what is not given is as in {@link #of}.
     *
     * @param section names in snake case ({@code algorithm}, {@code seed}, {@code population}, {@code offspring},
     *            {@code crossover_probability}, {@code crossover_eta}, {@code mutation_probability},
     *            {@code mutation_eta}, {@code start}, {@code start_sigma}) to numbers or strings
     * @throws SearchException if a name is unknown or a value has the wrong type or is out of range
     */
    public static SearchSettings from(Map<String, ?> section) throws SearchException {
        var settings = of(Algorithm.NSGA2, 42);
        for (var entry : section.entrySet()) {
            settings = settings.with(entry.getKey(), entry.getValue());
        }
        return settings;
    }

    /**
     * These settings with one of them changed.
     *
     * @param key a name as in {@link #from}
     * @param value a number or a string
     * @throws SearchException if the name is unknown or the value has the wrong type or is out of range
     */
    public SearchSettings with(String key, Object value) throws SearchException {
        try {
            var draft = new Draft(this);
            switch (key) {
                case "algorithm" ->
                    draft.algorithm = constant(Algorithm.class, Kind.ALGORITHM, key, value);
                case "seed" -> draft.seed = integer(key, value);
                case "start" -> draft.start = constant(Start.class, Kind.RANGE, key, value);
                case "population" -> draft.population = count(key, value);
                case "offspring" -> draft.offspring = count(key, value);
                case "crossover_probability" -> draft.crossoverProbability = number(key, value);
                case "crossover_eta" -> draft.crossoverEta = number(key, value);
                case "mutation_probability" -> draft.mutationProbability = number(key, value);
                case "mutation_eta" -> draft.mutationEta = number(key, value);
                case "start_sigma" -> draft.startSigma = number(key, value);
                case "correlations_after" -> draft.correlationsAfter = count(key, value);
                default -> throw new SearchException(Kind.KEY,
                        "A search has no setting named %s.\n%s".formatted(key,
                                InvalidInputException.didYouMean(key, KEYS)));
            }
            return draft.settings();
        } catch (IllegalArgumentException e) {
            throw new SearchException(Kind.RANGE, String.valueOf(e.getMessage()));
        }
    }

    /** The population, where the algorithm's own one is meant if none is set. */
    int population(int genes) {
        if (population > 0) {
            return population;
        }
        return switch (algorithm) {
            case NSGA2, NSGA3, SMS_EMOA, MAP_ELITES, PORTFOLIO, RANDOM -> 24;
            case NICHES -> 20;
            case GA, GENOME -> 16;
            case CMA_ES, SEP_CMA_ES, AUTO -> 4 + (int) (3 * StrictMath.log(genes));
        };
    }

    /** The crossover probability, where the algorithm's own one is meant if none is set. */
    double crossoverRate() {
        if (crossoverProbability != OWN) {
            return crossoverProbability;
        }
        return algorithm == Algorithm.NSGA3 ? 1 : 0.9;
    }

    /** The distribution index of crossover, where the algorithm's own one is meant if none is set. */
    double crossoverIndex() {
        if (crossoverEta != OWN) {
            return crossoverEta;
        }
        return algorithm == Algorithm.NSGA3 ? 30 : 15;
    }

    /** Evaluations after which correlations are learnt. */
    int correlationsAfter(int genes) {
        return correlationsAfter == OWN ? 20 * genes : correlationsAfter;
    }

    /** These settings for another algorithm. */
    SearchSettings with(Algorithm other) {
        var draft = new Draft(this);
        draft.algorithm = other;
        return draft.settings();
    }

    /** The mutation probability, where 1 / genes is meant if none is set. */
    double mutationProbability(int genes) {
        return mutationProbability < 0 ? 1.0 / genes : mutationProbability;
    }

    /** Settings being changed. */
    private static final class Draft {
        private Algorithm algorithm;
        private long seed;
        private int population;
        private int offspring;
        private double crossoverProbability;
        private double crossoverEta;
        private double mutationProbability;
        private double mutationEta;
        private Start start;
        private double startSigma;
        private int correlationsAfter;

        Draft(SearchSettings from) {
            algorithm = from.algorithm;
            seed = from.seed;
            population = from.population;
            offspring = from.offspring;
            crossoverProbability = from.crossoverProbability;
            crossoverEta = from.crossoverEta;
            mutationProbability = from.mutationProbability;
            mutationEta = from.mutationEta;
            start = from.start;
            startSigma = from.startSigma;
            correlationsAfter = from.correlationsAfter;
        }

        SearchSettings settings() {
            return new SearchSettings(algorithm, seed, population, offspring, crossoverProbability,
                    crossoverEta, mutationProbability, mutationEta, start, startSigma,
                    correlationsAfter);
        }
    }

    private static <E extends Enum<E>> E constant(Class<E> type, Kind kind, String key,
            Object value)
            throws SearchException {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(value)) {
                return constant;
            }
        }
        throw new SearchException(kind,
                "The search setting %s must be one of %s, not %s.".formatted(key,
                        Arrays.stream(type.getEnumConstants())
                                .map(c -> c.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", ")),
                        value));
    }

    private static long integer(String key, Object value) throws SearchException {
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        throw new SearchException(Kind.TYPE,
                "The search setting %s must be a whole number, not %s.".formatted(key, value));
    }

    private static int count(String key, Object value) throws SearchException {
        // Clamping keeps a huge number out of range instead of wrapping it into range.
        return Math.clamp(integer(key, value), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    private static double number(String key, Object value) throws SearchException {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw new SearchException(Kind.TYPE,
                "The search setting %s must be a number, not %s.".formatted(key, value));
    }
}
