package io.mendel.merge;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.checkpoint.CheckpointOutline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * A folder that has everything of a planned model but its weights, which are 0: recipes that use the model can be
 * planned with it.
 *
 * @since 0.1
 */
public final class ModelOutline {

    private ModelOutline() {}

    /**
     * Writes an outline.
     *
     * @param plan the plan of the model
     * @param parents the models it is merged from
     * @param companions the files beside its weights
     * @param directory a new or empty folder
     * @throws CheckpointException if it cannot be written
     */
    public static void write(MergePlan plan, Map<String, Checkpoint> parents,
            ModelCompanions companions, Path directory) throws CheckpointException {
        CheckpointOutline.write(directory,
                MergedConfig.of(plan, model -> Objects.requireNonNull(parents.get(model)).config()),
                plan.tensors().values().stream().map(TensorMerge::output).toList());
        try {
            companions.save(directory);
        } catch (IOException e) {
            throw new CheckpointException(Kind.UNWRITABLE, directory,
                    "The outline of a model cannot be written (" + e + ").",
                    "Check the permissions and the free space.", e);
        }
    }
}
