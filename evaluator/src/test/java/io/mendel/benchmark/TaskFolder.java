package io.mendel.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes small tasks into a folder.
 *
 * @param folder where to write
 */
record TaskFolder(Path folder) {

    TaskFolder file(String name, String... lines) throws IOException {
        Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
        return this;
    }

    /** Loads a task of these lines; data files are beside it. */
    Task task(String... lines) throws IOException, TaskException {
        file("task.yaml", lines);
        return TaskLoader.load(folder.resolve("task.yaml"), List.of());
    }
}
