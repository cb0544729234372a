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
 *            algorithm: 24 for NSGA-II and random search, 16 for the GA, 4 + ⌊3 ln genes⌋ for CMA-ES
 * @param offspring candidates of a later generation of a genetic algorithm, at most 100 000; 0 is the population. Fewer
 *            are better for a small budget, but keep fewer workers busy
 * @param crossoverProbability share of parent pairs that are crossed, 0 to 1
 * @param crossoverEta distribution index of the crossover, at least 0: the higher, the closer children are to parents
 * @param mutationProbability share of genes that mutate, 0 to 1; −1 is 1 / genes
 * @param mutationEta distribution index of the mutation, at least 0: the higher, the smaller the steps
 * @param start where the first generation lies
 * @param startSigma standard deviation of each gene around the centre, above 0 and at most 1; also the first step size
 *            of CMA-ES
 * @since 0.1
 */
public record SearchSettings(Algorithm algorithm, long seed, int population, int offspring,
        double crossoverProbability,
        double crossoverEta, double mutationProbability, double mutationEta, Start start,
        double startSigma) {

    /** Where the first generation lies. */
    public enum Start {
        /** Around the centre of the problem. */
        CENTRE,
        /** Anywhere, uniformly. */
        UNIFORM
    }

    private static final List<String> KEYS = List.of("algorithm", "seed", "population", "offspring",
            "crossover_probability", "crossover_eta", "mutation_probability", "mutation_eta",
            "start", "start_sigma");
    private static final int LARGEST = 100_000;
    private static final double OWN = -1;

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
                1 / 6.0);
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
            return switch (key) {
                case "algorithm" ->
                    edit(constant(Algorithm.class, Kind.ALGORITHM, key, value), seed, start);
                case "seed" -> edit(algorithm, integer(key, value), start);
                case "start" ->
                    edit(algorithm, seed, constant(Start.class, Kind.RANGE, key, value));
                case "population" -> edit(count(key, value), offspring);
                case "offspring" -> edit(population, count(key, value));
                case "crossover_probability" ->
                    edit(number(key, value), crossoverEta, mutationProbability, mutationEta,
                            startSigma);
                case "crossover_eta" ->
                    edit(crossoverProbability, number(key, value), mutationProbability, mutationEta,
                            startSigma);
                case "mutation_probability" ->
                    edit(crossoverProbability, crossoverEta, number(key, value), mutationEta,
                            startSigma);
                case "mutation_eta" ->
                    edit(crossoverProbability, crossoverEta, mutationProbability,
                            number(key, value), startSigma);
                case "start_sigma" ->
                    edit(crossoverProbability, crossoverEta, mutationProbability, mutationEta,
                            number(key, value));
                default -> throw new SearchException(Kind.KEY,
                        "A search has no setting named %s.\n%s".formatted(key,
                                InvalidInputException.didYouMean(key, KEYS)));
            };
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

    /** These settings for another algorithm. */
    SearchSettings with(Algorithm other) {
        return edit(other, seed, start);
    }

    /** The mutation probability, where 1 / genes is meant if none is set. */
    double mutationProbability(int genes) {
        return mutationProbability < 0 ? 1.0 / genes : mutationProbability;
    }

    private SearchSettings edit(Algorithm algorithm, long seed, Start start) {
        return new SearchSettings(algorithm, seed, population, offspring, crossoverProbability,
                crossoverEta,
                mutationProbability, mutationEta, start, startSigma);
    }

    private SearchSettings edit(int population, int offspring) {
        return new SearchSettings(algorithm, seed, population, offspring, crossoverProbability,
                crossoverEta,
                mutationProbability, mutationEta, start, startSigma);
    }

    private SearchSettings edit(double crossoverProbability, double crossoverEta,
            double mutationProbability,
            double mutationEta, double startSigma) {
        return new SearchSettings(algorithm, seed, population, offspring, crossoverProbability,
                crossoverEta,
                mutationProbability, mutationEta, start, startSigma);
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
