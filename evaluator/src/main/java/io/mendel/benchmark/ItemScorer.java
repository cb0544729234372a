package io.mendel.benchmark;

import io.mendel.benchmark.python.PythonRegex;
import io.mendel.benchmark.python.PythonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Computes the metrics of one document from what the model answered. */
final class ItemScorer {

    private static final double SOFT_ACC_POWER = 3;

    private static final PythonRegex WHITE_SPACE = PythonRegex.compile("\\s+");

    private final TaskConfig config;

    ItemScorer(TaskConfig config) {
        this.config = config;
    }

    /**
     * Scores a document by log-likelihoods.
     *
     * @param logLikelihoods one for each request
     */
    ItemResult likelihoods(Item item, List<Double> logLikelihoods, List<Boolean> greedy) {
        var metrics = new LinkedHashMap<String, Double>();
        var weights = new LinkedHashMap<String, Double>();
        for (FilterPipeline filter : config.filters()) {
            for (MetricConfig metric : config.metrics()) {
                String name = filter.resultName(metric.metric());
                if (metric.metric() != Metric.LOGLIKELIHOOD || item.choices().isEmpty()
                        || !item.gold().isEmpty()) {
                    metrics.put(name, value(metric.metric(), item, logLikelihoods, greedy));
                }
                switch (metric.metric()) {
                    case WORD_PERPLEXITY -> weights.put(name,
                            (double) WHITE_SPACE.split(item.targets().getFirst()).size());
                    case BYTE_PERPLEXITY, BITS_PER_BYTE ->
                        weights.put(name, bytes(item.targets().getFirst()));
                    default -> {
                    }
                }
            }
        }
        String output = item.choices().isEmpty()
                ? ""
                : item.choices().get(argmax(logLikelihoods.subList(0, item.choices().size())));
        return new ItemResult(config.name(), item.docId(), logLikelihoods, greedy, output, Map.of(),
                metrics, weights);
    }

    /** Scores a document by generated text. */
    ItemResult generated(Item item, String output) {
        var metrics = new LinkedHashMap<String, Double>();
        var filtered = new LinkedHashMap<String, String>();
        for (FilterPipeline filter : config.filters()) {
            String text = filter.apply(output);
            filtered.put(filter.name(), text);
            for (MetricConfig metric : config.metrics()) {
                boolean right = item.targets()
                        .stream()
                        .anyMatch(target -> metric.exactMatch().matches(text, target));
                metrics.put(filter.resultName(metric.metric()), right ? 1.0 : 0.0);
            }
        }
        return new ItemResult(config.name(), item.docId(), List.of(), List.of(), output, filtered,
                metrics, Map.of());
    }

    private double value(Metric metric, Item item, List<Double> all, List<Boolean> greedy) {
        if (config.type() != OutputType.MULTIPLE_CHOICE) {
            return metric == Metric.ACC ? truth(greedy.getFirst()) : all.getFirst();
        }
        int n = item.choices().size();
        List<Double> choices = all.subList(0, n);
        boolean finite = all.stream().noneMatch(ll -> ll.isNaN());
        return switch (metric) {
            case ACC -> right(item, choices, finite);
            case ACC_NORM -> right(item, divided(choices, item, PythonText::length), finite);
            case ACC_BYTES -> right(item, divided(choices, item, ItemScorer::bytes), finite);
            case ACC_MUTUAL_INFO -> right(item, gains(all, n), finite);
            case EXACT_MATCH -> truth(finite && item.gold().stream().anyMatch(greedy::get));
            case BRIER_SCORE -> brier(item, softmax(choices));
            case CHOICE_PROBABILITY -> finite ? rightProbability(item, choices, 1) : Double.NaN;
            case SOFT_ACC -> finite ? rightProbability(item, choices, SOFT_ACC_POWER) : Double.NaN;
            case LOGLIKELIHOOD -> !finite
                    ? Double.NaN
                    : item.gold().stream().mapToDouble(choices::get).max().orElse(Double.NaN);
            case PERPLEXITY, WORD_PERPLEXITY, BYTE_PERPLEXITY, BITS_PER_BYTE ->
                throw new IllegalStateException(
                        "A multiple-choice task has no " + metric.fieldName() + ".");
        };
    }

    private static double right(Item item, List<Double> scores, boolean finite) {
        return truth(finite && item.gold().contains(argmax(scores)));
    }

    private static double truth(boolean right) {
        return right ? 1.0 : 0.0;
    }

    private static List<Double> divided(List<Double> scores, Item item,
            ToDoubleFunction<String> length) {
        var divided = new ArrayList<Double>();
        for (int i = 0; i < scores.size(); i++) {
            divided.add(scores.get(i) / length.applyAsDouble(item.choices().get(i)));
        }
        return divided;
    }

    private static List<Double> gains(List<Double> all, int n) {
        var gains = new ArrayList<Double>();
        for (int i = 0; i < n; i++) {
            gains.add(all.get(i) - all.get(n + i));
        }
        return gains;
    }

    private static double bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Index of the first maximum. */
    private static int argmax(List<Double> scores) {
        int best = 0;
        for (int i = 1; i < scores.size(); i++) {
            if (scores.get(i) > scores.get(best)) {
                best = i;
            }
        }
        return best;
    }

    /** Probability of the right choices if every choice's probability is raised to a power. */
    private static double rightProbability(Item item, List<Double> choices, double power) {
        double[] probabilities = softmax(choices.stream().map(score -> power * score).toList());
        return item.gold().stream().mapToDouble(gold -> probabilities[gold]).sum();
    }

    private static double[] softmax(List<Double> scores) {
        double max = scores.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        double[] powers = scores.stream().mapToDouble(score -> Math.exp(score - max)).toArray();
        double sum = 0;
        for (double power : powers) {
            sum += power;
        }
        for (int i = 0; i < powers.length; i++) {
            powers[i] /= sum;
        }
        return powers;
    }

    private static double brier(Item item, double[] probabilities) {
        double sum = 0;
        for (int i = 0; i < probabilities.length; i++) {
            double truth = item.gold().contains(i) ? 1 : 0;
            sum += (probabilities[i] - truth) * (probabilities[i] - truth);
        }
        return sum;
    }
}
