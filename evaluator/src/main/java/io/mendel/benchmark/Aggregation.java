package io.mendel.benchmark;

import io.mendel.benchmark.python.PythonRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Combines the numbers of many documents into one, in their order, with the harness's order of operations.
 *
 * @since 0.1
 */
public enum Aggregation {
    /** Arithmetic mean. */
    MEAN,
    /** The element at index n/2 of the sorted values. */
    MEDIAN,
    /** {@code exp(−mean)} of log-likelihoods. */
    PERPLEXITY,
    /** {@code exp(−Σ ll / Σ weight)}. */
    WEIGHTED_PERPLEXITY,
    /** {@code −Σ ll / Σ weight / ln 2}. */
    BITS_PER_BYTE,
    /** Mean of Brier scores. */
    BRIER;

    private static final int BOOTSTRAP_CHUNKS = 100;
    private static final int BOOTSTRAP_CHUNK_SIZE = 1000;

    static @Nullable Aggregation named(String fieldName) {
        return switch (fieldName) {
            case "brier_score" -> BRIER;
            case "nanmean" -> MEAN;
            default -> {
                for (Aggregation aggregation : values()) {
                    if (aggregation.name().toLowerCase(Locale.ROOT).equals(fieldName)) {
                        yield aggregation;
                    }
                }
                yield null;
            }
        };
    }

    /**
     * The combined number.
     *
     * @param values one or more numbers
     * @return NaN if there are no values or one of them is NaN
     */
    double of(List<Score> values) {
        if (values.isEmpty() || values.stream().anyMatch(score -> Double.isNaN(score.value()))) {
            return Double.NaN;
        }
        double[] numbers = values.stream().mapToDouble(Score::value).toArray();
        if (values.stream().anyMatch(score -> score.share() != 1)) {
            return shared(values, numbers);
        }
        return switch (this) {
            case MEAN, BRIER -> mean(numbers);
            case MEDIAN -> median(numbers);
            case PERPLEXITY -> Math.exp(-mean(numbers));
            case WEIGHTED_PERPLEXITY -> Math.exp(-weightedMean(values, numbers));
            case BITS_PER_BYTE -> -weightedMean(values, numbers) / Math.log(2);
        };
    }

    /**
     * Standard error of the combined number.
     *
     * <p>
     * For a mean the sample standard deviation over √n; for perplexity and median the standard deviation of 100 000
     * bootstrap resamples with the harness's draws (about a second for 200 documents). The others have none.
     *
     * @param values one or more numbers
     * @return empty if there is none or fewer than two values
     */
    OptionalDouble standardError(List<Score> values) {
        if (values.size() < 2) {
            return OptionalDouble.empty();
        }
        double[] numbers = values.stream().mapToDouble(Score::value).toArray();
        if (values.stream().anyMatch(score -> score.share() != 1)) {
            return this == MEAN
                    ? OptionalDouble.of(sharedError(
                            values.stream().mapToDouble(Score::share).toArray(), numbers))
                    : OptionalDouble.empty();
        }
        return switch (this) {
            case MEAN -> OptionalDouble.of(sampleDeviation(numbers) / Math.sqrt(numbers.length));
            case MEDIAN, PERPLEXITY -> OptionalDouble.of(bootstrap(numbers));
            case WEIGHTED_PERPLEXITY, BITS_PER_BYTE, BRIER -> OptionalDouble.empty();
        };
    }

    /** The combined number of documents that do not count alike. */
    private double shared(List<Score> scores, double[] values) {
        double[] shares = scores.stream().mapToDouble(Score::share).toArray();
        double total = sum(products(shares, values));
        double weight = sum(products(shares,
                scores.stream().mapToDouble(Score::weight).toArray()));
        return switch (this) {
            case MEAN, BRIER -> total / sum(shares);
            case MEDIAN -> {
                var sorted = scores.stream()
                        .sorted(Comparator.comparingDouble(Score::value))
                        .toList();
                double below = 0;
                double half = sum(shares) / 2;
                double median = Double.NaN;
                for (int i = 0; i < sorted.size() && below <= half; i++) {
                    median = sorted.get(i).value();
                    below += sorted.get(i).share();
                }
                yield median;
            }
            case PERPLEXITY -> Math.exp(-total / sum(shares));
            case WEIGHTED_PERPLEXITY -> Math.exp(-total / weight);
            case BITS_PER_BYTE -> -total / weight / Math.log(2);
        };
    }

    private static double[] products(double[] a, double[] b) {
        var products = new double[a.length];
        for (int i = 0; i < products.length; i++) {
            products[i] = a[i] * b[i];
        }
        return products;
    }

    /** {@code √(Σ w²·(x − μ)² · n/(n − 1)) / Σ w}. */
    private static double sharedError(double[] shares, double[] values) {
        double mean = sum(products(shares, values)) / sum(shares);
        double[] squares = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            double distance = shares[i] * (values[i] - mean);
            squares[i] = distance * distance;
        }
        double n = values.length;
        return Math.sqrt(sum(squares) * n / (n - 1)) / sum(shares);
    }

    private static double mean(double[] values) {
        return sum(values) / values.length;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double weightedMean(List<Score> scores, double[] values) {
        return sum(values) / sum(scores.stream().mapToDouble(Score::weight).toArray());
    }

    /** Left to right without compensation: the order and rounding of Python's {@code sum} up to 3.11. */
    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    private static double sampleDeviation(double[] values) {
        double mean = mean(values);
        double[] squares = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            squares[i] = (values[i] - mean) * (values[i] - mean);
        }
        return Math.sqrt(sum(squares) / (values.length - 1));
    }

    private double bootstrap(double[] values) {
        double[] replicates = new double[BOOTSTRAP_CHUNKS * BOOTSTRAP_CHUNK_SIZE];
        double[] drawn = new double[values.length];
        for (int chunk = 0; chunk < BOOTSTRAP_CHUNKS; chunk++) {
            var random = new PythonRandom(chunk);
            for (int i = 0; i < BOOTSTRAP_CHUNK_SIZE; i++) {
                int[] indices = random.resample(values.length);
                for (int j = 0; j < indices.length; j++) {
                    drawn[j] = values[indices[j]];
                }
                replicates[chunk * BOOTSTRAP_CHUNK_SIZE + i] = this == MEDIAN
                        ? median(drawn)
                        : Math.exp(-mean(drawn));
            }
        }
        return sampleDeviation(replicates);
    }

    /**
     * A document's number and its weight in weighted means.
     *
     * @param value the number
     * @param weight words or bytes, 1 elsewhere
     * @param share how much the document counts, 1 if all count alike
     */
    record Score(double value, double weight, double share) {
        /** A document that counts like all others. */
        Score(double value, double weight) {
            this(value, weight, 1);
        }

        /** This score of a document that counts so much. */
        Score counting(double share) {
            return new Score(value, weight, share);
        }
    }
}
