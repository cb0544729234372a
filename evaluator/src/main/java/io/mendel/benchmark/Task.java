package io.mendel.benchmark;

import io.mendel.benchmark.TaskException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A benchmark task: its documents, prompts and metrics, as lm-evaluation-harness understands its YAML file.
 *
 * <p>
 * Thread-safe. Prompts of a split are written when they are first needed and kept.
 *
 * @since 0.1
 */
public final class Task {

    private final TaskConfig config;
    private final SortedMap<String, Split> splits;
    private final String digest;
    private final Map<String, List<Item>> items = new HashMap<>();

    Task(TaskConfig config, SortedMap<String, Split> splits, String digest) {
        this.config = config;
        this.splits = splits;
        this.digest = digest;
    }

    /** The task's name, unique in a benchmark. */
    public String name() {
        return config.name();
    }

    /** The file it was loaded from. */
    public Path path() {
        return config.path();
    }

    /** What it asks the model. */
    public OutputType outputType() {
        return config.type();
    }

    /** Hex SHA-256 of everything that decides prompts and scores: fields and documents, but no paths or comments. */
    public String digest() {
        return digest;
    }

    /** The split that the harness evaluates: the test split, else the validation split. */
    public String evaluatedSplit() {
        return config.evaluatedSplit(splits);
    }

    /** The split that a search may look at, if the file names one. */
    public Optional<String> validationSplit() {
        return Optional.ofNullable(config.validationSplit());
    }

    /** The split for the final report, if the file names one. */
    public Optional<String> testSplit() {
        return Optional.ofNullable(config.testSplit());
    }

    /**
     * Number of documents of a split; their ids are 0 to one less.
     *
     * @param split the name of a split
     * @throws IllegalArgumentException if there is no such split
     */
    public int size(String split) {
        return split(split).docs().size();
    }

    /** Names of the results: those of the file in its order, then the smooth metrics that are always computed. */
    public List<String> resultNames() {
        var names = new ArrayList<String>();
        for (FilterPipeline filter : config.filters()) {
            config.metrics().forEach(metric -> names.add(filter.resultName(metric.metric())));
        }
        return names;
    }

    /**
     * Finds a result by what a user calls it: {@code acc}, {@code acc,none}, {@code exact_match,strict-match}, or
     * {@code exact_match} for the first filter.
     *
     * @throws TaskException if the task has no such result
     */
    public String resultName(String metric) throws TaskException {
        List<String> names = resultNames();
        String wanted = metric.endsWith(",none")
                ? metric.substring(0, metric.length() - 5)
                : metric;
        if (names.contains(wanted)) {
            return wanted;
        }
        return names.stream()
                .filter(name -> name.startsWith(wanted + ","))
                .findFirst()
                .orElseThrow(() -> new TaskException(Kind.VALUE, path(), "metric_list",
                        "The task (" + name()
                                + ") has no metric (" + metric + "), only " + names + ".",
                        "Maybe " + FieldNames.nearest(metric, names) + " was meant."));
    }

    /**
     * Whether more of a result is better.
     *
     * @param resultName one of {@link #resultNames()}
     * @throws IllegalArgumentException if the task has no such result
     */
    public boolean higherIsBetter(String resultName) {
        return metric(resultName).higherIsBetter();
    }

    /**
     * Whether a result is the mean over documents, so that any of them are a sample of it.
     *
     * @param resultName one of {@link #resultNames()}
     * @throws IllegalArgumentException if there is no such result
     */
    public boolean isMean(String resultName) {
        Aggregation aggregation = metric(resultName).aggregation();
        return aggregation == Aggregation.MEAN || aggregation == Aggregation.BRIER;
    }

    MetricConfig metric(String resultName) {
        String metric = resultName.split(",", 2)[0];
        return config.metrics()
                .stream()
                .filter(candidate -> candidate.metric().fieldName().equals(metric))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "The task " + name() + " has no metric " + resultName + "."));
    }

    TaskConfig config() {
        return config;
    }

    Split split(String name) {
        return Split.in(splits, name);
    }

    /** All documents of a split with their prompts, in order. */
    synchronized List<Item> items(String split) throws TaskException {
        List<Item> built = items.get(split);
        if (built == null) {
            built = List.copyOf(new ItemBuilder(config, splits, split(split)).build());
            items.put(split, built);
        }
        return built;
    }

    @Override
    public String toString() {
        return "Task[" + name() + ", " + config.type().fieldName() + "]";
    }
}
