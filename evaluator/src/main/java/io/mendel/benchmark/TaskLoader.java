package io.mendel.benchmark;

import io.mendel.benchmark.TaskException.Kind;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Loads task files of lm-evaluation-harness with local JSON data. Nothing is downloaded and no Python is run.
 *
 * @since 0.1
 */
public final class TaskLoader {

    private TaskLoader() {}

    /**
     * Loads a task, its includes and its data files.
     *
     * <p>
     * A data file is looked up from the working directory, then from the search folders in order, then from the folder of
     * the task file. The first document is rendered, so that most mistakes show here and not at evaluation.
     *
     * @param yaml the task file
     * @param searchFolders more folders for data files, such as the campaign's
     * @throws TaskException if something is missing, misspelt, broken or not supported
     */
    public static Task load(Path yaml, List<Path> searchFolders) throws TaskException {
        Map<String, Object> values = TaskYaml.read(yaml);
        var fields = new Fields(yaml, "", values);
        TaskConfig.checkNames(fields);
        SortedMap<String, Split> splits = new DataFiles(yaml, searchFolders).read(fields);
        TaskConfig config = TaskConfig.read(fields, splits);
        if (config.name().isBlank() || config.name().contains(",")) {
            throw new TaskException(Kind.VALUE, yaml, "task", "The task's name (" + config.name()
                    + ") must not be blank or contain a comma.", "Give it a name such as know_ja.");
        }
        Doc first = Split.in(splits, config.evaluatedSplit(splits)).docs().getFirst();
        config.reader().text(first);
        config.reader().target(first);
        config.reader().choices(first);
        return new Task(config, splits, digest(values, splits));
    }

    private static String digest(Map<String, Object> values, SortedMap<String, Split> splits) {
        var relevant = new LinkedHashMap<>(values);
        relevant.keySet().removeAll(TaskConfig.ignored());
        relevant.keySet().removeAll(List.of("include", "dataset_kwargs"));
        var digest = new ContentDigest().add("task").add(relevant);
        for (Split split : splits.values()) {
            digest.add(split.name());
            split.docs().forEach(doc -> digest.add(doc.values()));
        }
        return digest.hex();
    }
}
