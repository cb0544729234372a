package io.mendel.campaign;

import io.mendel.benchmark.Benchmark;
import io.mendel.benchmark.Task;
import io.mendel.benchmark.TaskException;
import io.mendel.benchmark.TaskLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads task files and finds their data.
 *
 * @since 0.1
 */
public final class BenchmarkFiles {

    private BenchmarkFiles() {}

    /**
     * Loads tasks whose data files are looked for from the working directory, as the harness does, then from these
     * folders, then from beside the task file and from one folder above it.
     *
     * @param files the task files
     * @param folders more folders to look from
     * @throws TaskException if a task or its data cannot be used
     */
    public static Benchmark load(List<Path> files, List<Path> folders) throws TaskException {
        var tasks = new ArrayList<Task>();
        for (Path file : files) {
            var from = new ArrayList<Path>();
            from.add(Path.of(""));
            from.addAll(folders);
            Path beside = file.toAbsolutePath().normalize().getParent();
            // Task folders are often written to be run from the folder that holds them.
            if (beside != null && beside.getParent() != null) {
                from.add(beside.getParent());
            }
            tasks.add(TaskLoader.load(file, from));
        }
        return Benchmark.of(tasks);
    }
}
