package io.mendel.benchmark;

import java.util.ArrayList;
import java.util.List;

/**
 * Filters applied one after the other; each pipeline has its own results.
 *
 * @param name the name in results
 * @param steps the filters
 */
record FilterPipeline(String name, List<ResponseFilter> steps) {

    /** The pipeline of tasks that name none; its results carry no suffix. */
    static final FilterPipeline NONE = new FilterPipeline("none", List.of());

    FilterPipeline {
        steps = List.copyOf(steps);
    }

    String apply(String response) {
        String filtered = response;
        for (ResponseFilter step : steps) {
            filtered = step.apply(filtered);
        }
        return filtered;
    }

    /** The name of a metric's result after this pipeline. */
    String resultName(Metric metric) {
        return name.equals(NONE.name) ? metric.fieldName() : metric.fieldName() + "," + name;
    }

    static List<FilterPipeline> read(Fields task, OutputType type) throws TaskException {
        var pipelines = new ArrayList<FilterPipeline>();
        for (Fields entry : task.maps("filter_list")) {
            entry.allowOnly(java.util.Set.of("name", "filter"));
            var steps = new ArrayList<ResponseFilter>();
            for (Fields step : entry.maps("filter")) {
                ResponseFilter filter = ResponseFilter.read(step);
                if (type != OutputType.GENERATE_UNTIL && !(filter instanceof ResponseFilter.Keep)) {
                    throw step.unsupported("function",
                            "works on text, but a " + type.fieldName() + " task has none",
                            "Use take_first, or remove filter_list.");
                }
                steps.add(filter);
            }
            pipelines.add(new FilterPipeline(String.valueOf(entry.require("name")), steps));
        }
        return pipelines.isEmpty() ? List.of(NONE) : pipelines;
    }
}
