package io.mendel.benchmark;

import io.mendel.benchmark.TaskException.Kind;
import io.mendel.benchmark.python.PythonText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A task file after validation.
 *
 * @param path the task file
 * @param name the task's name
 * @param type what is asked
 * @param trainingSplit a split for shots, if any
 * @param validationSplit the split that a search may look at, if any
 * @param testSplit the split for the final report, if any
 * @param reader how documents are read
 * @param shots how shots are chosen and written
 * @param numFewshot shots before each question
 * @param description text before the shots
 * @param targetDelimiter text between question and answer
 * @param genPrefix start of the answer, if any
 * @param generation limits of generated text
 * @param filters steps between text and metric
 * @param metrics what is measured
 */
record TaskConfig(Path path, String name, OutputType type, @Nullable String trainingSplit,
        @Nullable String validationSplit, @Nullable String testSplit, DocReader reader,
        FewshotConfig shots,
        int numFewshot, DocField description, String targetDelimiter, @Nullable DocField genPrefix,
        GenerationSettings generation, List<FilterPipeline> filters, List<MetricConfig> metrics) {

    private static final Set<String> UNSUPPORTED = Set.of("process_docs", "process_results",
            "custom_dataset", "use_prompt",
            "doc_to_image", "doc_to_audio", "group", "group_alias", "aggregate_metric_list");
    private static final Set<String> IGNORED = Set.of("task_alias", "tag", "metadata",
            "dataset_name", "should_decontaminate",
            "doc_to_decontamination_query", "unsafe_code", "task_list");
    private static final Set<String> SUPPORTED = Set.of("task", "include", "dataset_path",
            "dataset_kwargs", "training_split",
            "validation_split", "test_split", "fewshot_split", "doc_to_text", "doc_to_target",
            "doc_to_choice",
            "description", "target_delimiter", "fewshot_delimiter", "fewshot_config", "num_fewshot",
            "gen_prefix",
            "output_type", "generation_kwargs", "repeats", "filter_list", "metric_list");

    /** Refuses what can never work, before any data is read. */
    static void checkNames(Fields task) throws TaskException {
        if (task.get("task") instanceof List<?>) {
            throw task.unsupported("task", "makes a group of tasks",
                    "List the task files themselves.");
        }
        for (String name : new TreeSet<>(UNSUPPORTED)) {
            if (task.has(name)) {
                throw task.unsupported(name, "is not supported",
                        name.startsWith("process")
                                ? "Prepare the data file beforehand and use templates."
                                : "Remove it, or prepare the data file beforehand.");
            }
        }
        var known = new TreeSet<>(SUPPORTED);
        known.addAll(IGNORED);
        known.addAll(UNSUPPORTED);
        task.allowOnly(known);
        if (task.integer("repeats", 1, 1) != 1) {
            throw task.unsupported("repeats", "must be 1, because outputs are greedy",
                    "Remove it.");
        }
    }

    /** Names of fields that do not change what is measured. */
    static Set<String> ignored() {
        return IGNORED;
    }

    static TaskConfig read(Fields task, SortedMap<String, Split> splits) throws TaskException {
        checkNames(task);
        String name = PythonText.str(task.require("task"));
        OutputType type = outputType(task);
        String training = split(task, "training_split", splits);
        String validation = split(task, "validation_split", splits);
        String test = split(task, "test_split", splits);
        String evaluated = evaluated(training, validation, test, splits, task);
        Set<String> columns = Split.in(splits, evaluated).columns();
        boolean hasChoices = task.has("doc_to_choice");
        if (type == OutputType.MULTIPLE_CHOICE) {
            task.require("doc_to_choice");
        }
        DocField choice = field(task, "doc_to_choice", columns);
        DocField text = type == OutputType.LOGLIKELIHOOD_ROLLING && !task.has("doc_to_text")
                ? DocField.read(task, "doc_to_text", "", columns)
                : DocField.read(task, "doc_to_text", task.require("doc_to_text"), columns);
        DocField target = DocField.read(task, "doc_to_target", task.require("doc_to_target"),
                columns);
        for (DocField field : Arrays.asList(text, target, choice)) {
            if (field != null && field.isBareWord()) {
                throw new TaskException(Kind.COLUMN, task.path(), field.field(),
                        "The field (" + field.field()
                                + ") names no column of split " + evaluated + ": "
                                + task.get(field.field()) + ".",
                        "The columns are " + columns
                                + "; if the word itself is meant write {{'word'}}.");
            }
        }
        var reader = new DocReader(text, target, choice, hasChoices);
        String delimiter = task.text("target_delimiter", " ");
        String fewshotDelimiter = task.text("fewshot_delimiter", "\n\n");
        return new TaskConfig(task.path(), name, type, training, validation, test, reader,
                FewshotConfig.read(task, reader, columns, splits),
                task.integer("num_fewshot", 0, 0),
                DocField.read(task, "description", task.text("description", ""), columns),
                delimiter,
                field(task, "gen_prefix", columns), GenerationSettings.read(task, fewshotDelimiter),
                FilterPipeline.read(task, type), MetricConfig.read(task, type));
    }

    private static OutputType outputType(Fields task) throws TaskException {
        String name = task.text("output_type", OutputType.GENERATE_UNTIL.fieldName());
        for (OutputType type : OutputType.values()) {
            if (type.fieldName().equals(name)) {
                return type;
            }
        }
        List<String> names = Arrays.stream(OutputType.values()).map(OutputType::fieldName).toList();
        throw new TaskException(Kind.VALUE, task.path(), task.prefix() + "output_type",
                "The output type (" + name
                        + ") must be one of " + names + ".",
                "Maybe " + FieldNames.nearest(name, names) + " was meant.");
    }

    static @Nullable DocField field(Fields fields, String name, Set<String> columns)
            throws TaskException {
        Object value = fields.get(name);
        return value == null ? null : DocField.read(fields, name, value, columns);
    }

    static @Nullable String split(Fields task, String field, Map<String, Split> splits)
            throws TaskException {
        String name = task.text(field);
        if (name != null && !splits.containsKey(name)) {
            throw new TaskException(Kind.VALUE, task.path(), task.prefix() + field,
                    "The split (" + name
                            + ") must be one of " + splits.keySet() + ".",
                    "Name its file in dataset_kwargs.data_files.");
        }
        return name;
    }

    /** The split that the harness evaluates; a task that names none has its training split or only split evaluated. */
    private static String evaluated(@Nullable String training, @Nullable String validation,
            @Nullable String test,
            SortedMap<String, Split> splits, Fields task) throws TaskException {
        for (String candidate : Arrays.asList(test, validation, training)) {
            if (candidate != null) {
                return candidate;
            }
        }
        if (splits.size() > 1) {
            throw new TaskException(Kind.VALUE, task.path(), "test_split",
                    "One of test_split and validation_split must be given, because there are several splits: "
                            + splits.keySet() + ".",
                    "Add test_split or validation_split.");
        }
        return splits.firstKey();
    }

    String evaluatedSplit(SortedMap<String, Split> splits) {
        for (String candidate : new ArrayList<>(
                Arrays.asList(testSplit, validationSplit, trainingSplit))) {
            if (candidate != null) {
                return candidate;
            }
        }
        return splits.firstKey();
    }
}
