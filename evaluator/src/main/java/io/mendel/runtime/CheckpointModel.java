package io.mendel.runtime;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;
import io.mendel.graph.DecoderConfig;
import io.mendel.graph.WeightLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A checkpoint as it is stored, ready to run.
 *
 * <p>
 * bf16 and fp16 become fp32 exactly; fp64 is rounded to nearest even. Thread-safe. The caller keeps the checkpoint open
 * as long as the model is used.
 *
 * @since 0.1
 */
public final class CheckpointModel implements CandidateModel {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(
            ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(
            ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final Checkpoint checkpoint;
    private final DecoderConfig config;

    private CheckpointModel(Checkpoint checkpoint, DecoderConfig config) {
        this.checkpoint = checkpoint;
        this.config = config;
    }

    /**
     * Checks that a checkpoint is a decoder that can be run.
     *
     * @throws CheckpointException if its architecture is not supported, or a tensor is missing or has another shape
     */
    public static CheckpointModel of(Checkpoint checkpoint) throws CheckpointException {
        DecoderConfig config = DecoderConfig.of(checkpoint);
        WeightLayout.verify(checkpoint, config);
        return new CheckpointModel(checkpoint, config);
    }

    @Override
    public DecoderConfig config() {
        return config;
    }

    @Override
    public void read(String name, MemorySegment target) {
        Tensor tensor = checkpoint.tensor(name);
        MemorySegment source = tensor.data();
        long elements = tensor.info().elements();
        if (target.byteSize() != Float.BYTES * elements) {
            throw new IllegalArgumentException(
                    "The tensor %s needs %d bytes as fp32, not %d.".formatted(name,
                            Float.BYTES * elements, target.byteSize()));
        }
        switch (tensor.info().dtype()) {
            case F32 -> target.copyFrom(source);
            case BF16 -> {
                for (long i = 0; i < elements; i++) {
                    target.set(FLOAT, 4 * i, Float.intBitsToFloat(source.get(SHORT, 2 * i) << 16));
                }
            }
            case F16 -> {
                for (long i = 0; i < elements; i++) {
                    target.set(FLOAT, 4 * i, Float.float16ToFloat(source.get(SHORT, 2 * i)));
                }
            }
            case F64 -> {
                for (long i = 0; i < elements; i++) {
                    target.set(FLOAT, 4 * i, (float) source.get(DOUBLE, 8 * i));
                }
            }
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL ->
                throw notFloat(name, tensor.info().dtype());
        }
    }

    private static IllegalArgumentException notFloat(String name, DType dtype) {
        return new IllegalArgumentException(
                "The tensor " + name + " must hold floating-point numbers, not " + dtype);
    }
}
