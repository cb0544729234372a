package io.mendel.merge;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointWriter;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.TensorInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Small checkpoints for tests. */
final class TestModels {

    private TestModels() {}

    /** A checkpoint with vectors or matrices of these values, rounded to {@code dtype}. */
    static Checkpoint write(Path directory, String config, DType dtype,
            Map<String, TestTensor> tensors)
            throws CheckpointException {
        var sorted = new TreeMap<>(tensors);
        List<TensorInfo> infos = new ArrayList<>();
        sorted.forEach((name, tensor) -> infos.add(new TensorInfo(name, dtype, tensor.shape())));
        try (Arena arena = Arena.ofConfined();
                var writer = CheckpointWriter.create(directory, infos, Long.MAX_VALUE)) {
            for (var entry : sorted.entrySet()) {
                writer.write(entry.getKey(), data(arena, dtype, entry.getValue().values()));
            }
            writer.text("config.json", config);
            writer.commit();
        }
        return Checkpoint.open(directory);
    }

    static MemorySegment data(Arena arena, DType dtype, float[] values) {
        MemorySegment data = arena.allocate((long) values.length * dtype.bytes() + 1).asSlice(1);
        for (int i = 0; i < values.length; i++) {
            switch (dtype) {
                case BF16 -> data.set(Elements.SHORT, 2L * i, Rounding.toBfloat16(values[i]));
                case F16 -> data.set(Elements.SHORT, 2L * i, Rounding.toFloat16(values[i]));
                case F32 -> data.set(Elements.FLOAT, 4L * i, values[i]);
                case I64 -> data.set(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, 8L * i,
                        (long) values[i]);
                case F64 -> data.set(java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * i,
                        values[i]);
                default -> throw new IllegalArgumentException("Not needed by any test: " + dtype);
            }
        }
        return data;
    }

    /** Values in a shape. */
    record TestTensor(List<Long> shape, float... values) {
        static TestTensor vector(float... values) {
            return new TestTensor(List.of((long) values.length), values);
        }
    }

    static float[] read(MergedModel model, String tensor) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment target = arena
                    .allocate(4 * model.plan().tensor(tensor).output().elements());
            model.read(tensor, target);
            return target.toArray(Elements.FLOAT);
        }
    }
}
