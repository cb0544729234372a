package io.mendel.merge;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointWriter;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.space.Recipe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compresses the parents of a {@code consensus} recipe into a {@link TallBundle}.
 *
 * @since 0.1
 */
public final class TallBundleWriter {

    /** Elements of a run; a multiple of 8, so that no byte of a mask is shared by two runs. */
    static final int CHUNK = 1 << 18;

    private final Map<String, Checkpoint> models;
    private final MergePlan plan;
    private final List<String> tasks;

    private TallBundleWriter(Map<String, Checkpoint> models, MergePlan plan) {
        this.models = models;
        this.plan = plan;
        this.tasks = plan.recipe()
                .slices()
                .getFirst()
                .sources()
                .stream()
                .map(source -> source.model())
                .filter(model -> !model.equals(plan.donor()))
                .toList();
    }

    /**
     * Writes a bundle.
     *
     * @param recipe a recipe of the method consensus over whole models; its k and lambda do not matter
     * @param models its base and models, by the names it uses
     * @param directory the folder to write
     * @param maxShardBytes most bytes of tensors in one file
     * @return bytes of the bundle's tensors
     * @throws MergeException if recipe and models do not fit
     * @throws CheckpointException if the folder cannot be written; nothing is left behind
     */
    public static long write(Recipe recipe, Map<String, Checkpoint> models, Path directory,
            long maxShardBytes) throws MergeException, CheckpointException {
        boolean whole = recipe.base() != null && recipe.slices().size() == 1
                && recipe.slices().getFirst().base() == null
                && recipe.slices()
                        .getFirst()
                        .sources()
                        .stream()
                        .allMatch(source -> source.layers() == null)
                && recipe.dtype() == null && recipe.outDtype() == null;
        if (!recipe.method().name().equals("consensus") || !whole) {
            throw new MergeException(MergeException.Kind.PARAMETER,
                    "A bundle needs a recipe with merge_method: consensus over whole models, without dtype.",
                    "Write 'models:' with the fine-tuned models and 'base_model:' with their base.");
        }
        var writer = new TallBundleWriter(models, MergePlanner.plan(recipe, models));
        return writer.write(directory, maxShardBytes);
    }

    private long write(Path directory, long maxShardBytes) throws CheckpointException {
        List<TensorInfo> infos = new ArrayList<>();
        for (TensorMerge merge : plan.tensors().values()) {
            TensorInfo base = tensor(merge, 0).info();
            infos.add(new TensorInfo(TallBundle.BASE + merge.output().name(), base.dtype(),
                    base.shape()));
            if (masks(merge) != null) {
                infos.add(new TensorInfo(TallBundle.VECTOR + merge.output().name(), DType.F32,
                        base.shape()));
                for (int t = 0; t < tasks.size(); t++) {
                    infos.add(new TensorInfo(TallBundle.mask(t, merge.output().name()), DType.U8,
                            List.of(TallBundle.maskBytes(base.elements()))));
                }
            }
        }
        Checkpoint donor = Objects.requireNonNull(models.get(plan.donor()));
        try (var writer = CheckpointWriter.create(directory, infos, maxShardBytes)) {
            for (TensorMerge merge : plan.tensors().values()) {
                writer.write(TallBundle.BASE + merge.output().name(), tensor(merge, 0).data());
                ConsensusMask masks = masks(merge);
                if (masks != null) {
                    write(merge, masks, writer);
                }
            }
            writer.text("config.json", MergedConfig.of(plan, donor.config()).toPrettyString()
                    + "\n");
            ObjectNode description = JsonNodeFactory.instance.objectNode()
                    .put("format", TallBundle.FORMAT)
                    .put("version", 1);
            tasks.forEach(description.putArray("tasks")::add);
            writer.text(TallBundle.FILE, description.toPrettyString() + "\n");
            ModelCompanions.of(donor.directory()).write(writer);
            writer.commit();
        }
        return infos.stream().mapToLong(TensorInfo::byteSize).sum();
    }

    private static @Nullable ConsensusMask masks(TensorMerge merge) {
        return merge.operation() instanceof MergeOperation.Blocks(ConsensusMask masks)
                ? masks
                : null;
    }

    private Tensor tensor(TensorMerge merge, int input) {
        TensorInput source = merge.inputs().get(input);
        return Objects.requireNonNull(models.get(source.model())).tensor(source.tensor());
    }

    private void write(TensorMerge merge, ConsensusMask masks, CheckpointWriter writer)
            throws CheckpointException {
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < merge.inputs().size(); i++) {
            tensors.add(tensor(merge, i));
        }
        long elements = tensors.getFirst().info().elements();
        float[] weights = Floats.of(masks.weights());
        float[] lambdas = Floats.of(masks.lambdas());
        float[][] runs = new float[tensors.size()][(int) Math.min(CHUNK, elements)];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment vector = arena.allocate(4 * elements);
            List<MemorySegment> bits = new ArrayList<>();
            for (int t = 0; t < tasks.size(); t++) {
                bits.add(arena.allocate(TallBundle.maskBytes(elements)));
            }
            for (long from = 0; from < elements; from += CHUNK) {
                int count = (int) Math.min(CHUNK, elements - from);
                BlockInputs.load(tensors, from, count, runs);
                for (int i = 0; i < count; i++) {
                    float sum = ConsensusMask.sum(runs, weights, i);
                    vector.set(Elements.FLOAT, 4 * (from + i), sum);
                    for (int t = 0; t < lambdas.length; t++) {
                        if (ConsensusMask.relies(runs[t + 1][i] - runs[0][i], sum, lambdas[t])) {
                            long at = (from + i) / 8;
                            byte old = bits.get(t).get(ValueLayout.JAVA_BYTE, at);
                            bits.get(t)
                                    .set(ValueLayout.JAVA_BYTE, at,
                                            (byte) (old | 1 << ((from + i) % 8)));
                        }
                    }
                }
            }
            writer.write(TallBundle.VECTOR + merge.output().name(), vector);
            for (int t = 0; t < tasks.size(); t++) {
                writer.write(TallBundle.mask(t, merge.output().name()), bits.get(t));
            }
        }
    }
}
