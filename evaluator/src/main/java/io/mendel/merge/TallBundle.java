package io.mendel.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.checkpoint.CheckpointWriter;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.space.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An opened bundle: many fine-tuned models as one base, one merged task vector and one bit per parameter and task.
 *
 * <p>
 * A bundle is a folder like a model's, with {@code bundle.json}: {@code {"format": "mendel-tall-bundle", "version": 1,
 * "tasks": [names]}}. Its safetensors hold, for each tensor {@code x} of the model, {@code base.x} as the base has it and,
 * if it was merged, {@code vector.x} (F32) and for each task t, counted from 0, {@code mask.t.x} (U8): bit {@code i mod 8}
 * of byte {@code i / 8} belongs to element i. {@code config.json} and tokenizer are those of every model. Wang et al.,
 * Localizing task information for improved model merging and compression, 2024, https://arxiv.org/abs/2405.07813
 *
 * @since 0.1
 */
public final class TallBundle implements AutoCloseable {

    static final String FILE = "bundle.json";
    static final String FORMAT = "mendel-tall-bundle";
    static final String BASE = "base.";
    static final String VECTOR = "vector.";
    private static final long MAX_BYTES = 4_000_000;
    private static final String REMEDY = "Write the bundle again with 'mendel bundle'.";

    private final Checkpoint checkpoint;
    private final List<String> tasks;

    private TallBundle(Checkpoint checkpoint, List<String> tasks) {
        this.checkpoint = checkpoint;
        this.tasks = tasks;
    }

    static String mask(int task, String tensor) {
        return "mask." + task + "." + tensor;
    }

    static long maskBytes(long elements) {
        return (elements + 7) / 8;
    }

    /**
     * Opens a bundle.
     *
     * @param directory the folder
     * @throws CheckpointException if it is no bundle, or a damaged one
     */
    public static TallBundle open(Path directory) throws CheckpointException {
        Checkpoint checkpoint = Checkpoint.open(directory);
        boolean opened = false;
        try {
            var bundle = new TallBundle(checkpoint, tasks(directory.resolve(FILE)));
            bundle.verify();
            opened = true;
            return bundle;
        } finally {
            if (!opened) {
                checkpoint.close();
            }
        }
    }

    private static List<String> tasks(Path file) throws CheckpointException {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(Kind.MISSING, file, "The file does not exist.",
                    "Name a folder that 'mendel bundle' has written.");
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new CheckpointException(Kind.CONFIG, file, "The file is larger than 4 MB.",
                        REMEDY);
            }
            JsonNode root = new ObjectMapper().readTree(file.toFile());
            boolean known = root.path("format").asText().equals(FORMAT)
                    && root.path("version").asInt() == 1;
            List<String> tasks = new ArrayList<>();
            root.path("tasks").forEach(task -> tasks.add(task.asText()));
            if (!known || tasks.isEmpty()) {
                throw new CheckpointException(Kind.CONFIG, file,
                        "It must say format '" + FORMAT + "', version 1, and name the tasks.",
                        REMEDY);
            }
            return List.copyOf(tasks);
        } catch (IOException e) {
            throw new CheckpointException(Kind.CONFIG, file,
                    "The file cannot be read as JSON (" + e.getMessage() + ").", REMEDY);
        }
    }

    private void verify() throws CheckpointException {
        for (TensorInfo info : checkpoint.tensors().values()) {
            if (!info.name().startsWith(VECTOR)) {
                continue;
            }
            String name = info.name().substring(VECTOR.length());
            TensorInfo base = checkpoint.tensors().get(BASE + name);
            boolean sound = base != null && base.dtype().isFloat() && info.dtype() == DType.F32
                    && info.shape().equals(base.shape());
            for (int t = 0; sound && t < tasks.size(); t++) {
                TensorInfo mask = checkpoint.tensors().get(mask(t, name));
                sound = mask != null && mask.dtype() == DType.U8
                        && mask.byteSize() == maskBytes(info.elements());
            }
            if (!sound) {
                throw new CheckpointException(Kind.WEIGHTS, checkpoint.directory(),
                        "The tensor " + name
                                + " must have a base, a vector and a mask for each of the "
                                + tasks.size() + " tasks, of one size.",
                        REMEDY);
            }
        }
    }

    /** The names of the models, as the recipe spelled them. */
    public List<String> tasks() {
        return tasks;
    }

    /**
     * Writes the model of one task: {@code base + mask ⊙ vector}, one fp32 addition, rounded once to the base's type.
     *
     * @param task one of {@link #tasks()}, or the last element of its path
     * @param directory the folder to write
     * @param maxShardBytes most bytes of tensors in one file
     * @return the content digest of the model
     * @throws MergeException if there is no such task
     * @throws CheckpointException if the folder cannot be written; nothing is left behind
     */
    public String restore(String task, Path directory, long maxShardBytes)
            throws MergeException, CheckpointException {
        int index = index(task);
        List<TensorInfo> infos = new ArrayList<>();
        checkpoint.tensors().forEach((name, info) -> {
            if (name.startsWith(BASE)) {
                String own = name.substring(BASE.length());
                infos.add(new TensorInfo(own, stored(own, info), info.shape()));
            }
        });
        try (var writer = CheckpointWriter.create(directory, infos, maxShardBytes)) {
            for (TensorInfo info : infos) {
                Tensor base = checkpoint.tensor(BASE + info.name());
                if (!checkpoint.tensors().containsKey(VECTOR + info.name())) {
                    writer.write(info.name(), base.data());
                    continue;
                }
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment target = arena.allocate(info.byteSize());
                    restore(base, checkpoint.tensor(VECTOR + info.name()),
                            checkpoint.tensor(mask(index, info.name())), info.dtype(), target);
                    writer.write(info.name(), target);
                }
            }
            ObjectNode config = checkpoint.config().deepCopy();
            writer.text("config.json", config.toPrettyString() + "\n");
            ModelCompanions.of(checkpoint.directory()).write(writer);
            writer.commit();
        }
        try (Checkpoint written = Checkpoint.open(directory)) {
            return written.digest();
        }
    }

    private DType stored(String name, TensorInfo base) {
        boolean merged = checkpoint.tensors().containsKey(VECTOR + name);
        return merged && base.dtype() == DType.F64 ? DType.F32 : base.dtype();
    }

    private static void restore(Tensor base, Tensor vector, Tensor mask, DType dtype,
            MemorySegment target) {
        int chunk = TallBundleWriter.CHUNK;
        float[] values = new float[chunk];
        float[] deltas = new float[chunk];
        long elements = base.info().elements();
        for (long from = 0; from < elements; from += chunk) {
            int count = (int) Math.min(chunk, elements - from);
            TensorElements.of(base, from, count).widen(values);
            TensorElements.of(vector, from, count).widen(deltas);
            for (int i = 0; i < count; i++) {
                byte bits = mask.data().get(ValueLayout.JAVA_BYTE, (from + i) / 8);
                if ((bits >> ((from + i) % 8) & 1) != 0) {
                    values[i] += deltas[i];
                }
            }
            new RoundedElements(target.asSlice(from * dtype.bytes(),
                    (long) count * dtype.bytes()), dtype, dtype, count).store(values);
        }
    }

    private int index(String task) throws MergeException {
        int index = tasks.indexOf(task);
        for (int t = 0; index < 0 && t < tasks.size(); t++) {
            index = Path.of(tasks.get(t)).endsWith(task) ? t : -1;
        }
        if (index < 0) {
            throw new MergeException(MergeException.Kind.UNKNOWN_MODEL,
                    "The bundle " + checkpoint.directory() + " has no task '" + task + "'.",
                    InvalidInputException.didYouMean(task, tasks));
        }
        return index;
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
