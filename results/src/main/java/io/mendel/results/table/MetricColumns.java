package io.mendel.results.table;

import io.mendel.results.Scores;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.columns.Column;

/** The columns task, metric, value and stderr, one row per metric. */
final class MetricColumns {
    private final StringColumn tasks = StringColumn.create("task");
    private final StringColumn metrics = StringColumn.create("metric");
    private final DoubleColumn values = DoubleColumn.create("value");
    private final DoubleColumn stderrs = DoubleColumn.create("stderr");

    /** Appends all metrics of {@code scores}, and calls {@code label} once for each to fill the columns before these. */
    void append(Scores scores, Runnable label) {
        scores.tasks().forEach((task, named) -> named.forEach((metric, value) -> {
            if (!Scores.isStderr(metric)) {
                label.run();
                tasks.append(task);
                metrics.append(metric);
                values.append(value);
                stderrs.append(scores.stderr(task, metric));
            }
        }));
    }

    Column<?>[] columns() {
        return new Column<?>[]{tasks, metrics, values, stderrs};
    }
}
