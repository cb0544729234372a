package io.mendel.benchmark;

import io.mendel.benchmark.TaskException.Kind;
import io.mendel.benchmark.python.PythonRegex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.PatternSyntaxException;

/**
 * One entry of {@code metric_list}.
 *
 * @param metric what is measured
 * @param aggregation how documents are combined
 * @param higherIsBetter the direction
 * @param exactMatch options of {@link Metric#EXACT_MATCH}, ignored by others
 */
record MetricConfig(Metric metric, Aggregation aggregation, boolean higherIsBetter,
        ExactMatch exactMatch) {

    private static final Set<String> COMMON = Set.of("metric", "aggregation", "higher_is_better",
            "hf_evaluate");

    static MetricConfig of(Metric metric) {
        return new MetricConfig(metric, metric.aggregation(), metric.higherIsBetter(),
                ExactMatch.PLAIN);
    }

    /** The metrics of a task by name, those of the file first and the smooth ones after them. */
    static List<MetricConfig> read(Fields task, OutputType type) throws TaskException {
        Map<Metric, MetricConfig> configs = new LinkedHashMap<>();
        for (Fields entry : task.maps("metric_list")) {
            MetricConfig config = entry(entry, type);
            configs.put(config.metric(), config);
        }
        if (!task.has("metric_list")) {
            type.defaultMetrics().forEach(metric -> configs.put(metric, of(metric)));
        }
        Metric.smoothFor(type).forEach(metric -> configs.putIfAbsent(metric, of(metric)));
        return new ArrayList<>(configs.values());
    }

    private static MetricConfig entry(Fields entry, OutputType type) throws TaskException {
        if (!(entry.require("metric") instanceof String name)) {
            throw entry.wrong("metric", entry.require("metric"), "a name");
        }
        Metric metric = Metric.named(name);
        if (metric == null || !Metric.availableFor(type).contains(metric)) {
            throw new TaskException(metric == null ? Kind.UNSUPPORTED : Kind.VALUE, entry.path(),
                    entry.prefix() + "metric",
                    "The metric (" + name + ") does not exist for " + type.fieldName() + " tasks.",
                    "Use one of "
                            + Metric.availableFor(type).stream().map(Metric::fieldName).toList()
                            + ".");
        }
        var known = new java.util.HashSet<>(COMMON);
        if (metric == Metric.EXACT_MATCH) {
            known.addAll(Set.of("regexes_to_ignore", "ignore_case", "ignore_punctuation",
                    "ignore_numbers"));
        }
        entry.allowOnly(known);
        if (entry.flag("hf_evaluate", false)) {
            throw entry.unsupported("hf_evaluate", "needs a Python library",
                    "Use a built-in metric.");
        }
        String aggregationName = entry.text("aggregation");
        Aggregation aggregation = aggregationName == null
                ? metric.aggregation()
                : Aggregation.named(aggregationName);
        if (aggregation == null) {
            throw entry.unsupported("aggregation",
                    "names an unknown aggregation (" + aggregationName + ")",
                    "Use mean, median, perplexity, weighted_perplexity, bits_per_byte or brier_score.");
        }
        return new MetricConfig(metric, aggregation,
                entry.flag("higher_is_better", metric.higherIsBetter()),
                exactMatch(entry));
    }

    private static ExactMatch exactMatch(Fields entry) throws TaskException {
        var patterns = new ArrayList<PythonRegex>();
        List<String> sources = entry.texts("regexes_to_ignore");
        for (String source : sources == null ? List.<String>of() : sources) {
            patterns.add(pattern(entry, "regexes_to_ignore", source));
        }
        return new ExactMatch(patterns, entry.flag("ignore_case", false),
                entry.flag("ignore_punctuation", false),
                entry.flag("ignore_numbers", false));
    }

    static PythonRegex pattern(Fields entry, String field, String source) throws TaskException {
        try {
            return PythonRegex.compile(source);
        } catch (PatternSyntaxException e) {
            throw new TaskException(Kind.VALUE, entry.path(), entry.prefix() + field,
                    "The pattern (" + source
                            + ") must be a regular expression: " + e.getDescription() + " at "
                            + e.getIndex() + ".",
                    "Correct the pattern.");
        }
    }
}
