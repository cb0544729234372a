package io.mendel.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the folder a recipe means by a model's name: from the working directory, else from the recipe's folder. */
final class ModelPaths {

    private ModelPaths() {}

    static Path find(String name, Path recipe) {
        Path here = Path.of(name);
        Path folder = recipe.toAbsolutePath().getParent();
        if (Files.exists(here) || folder == null) {
            return here;
        }
        Path beside = folder.resolve(name);
        return Files.exists(beside) ? beside : here;
    }
}
