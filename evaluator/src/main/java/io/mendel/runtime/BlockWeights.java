package io.mendel.runtime;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.onnxruntime.engine.OrtNDManager;
import io.mendel.graph.WeightLayout.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Native fp32 memory for the weights of one block, which ONNX Runtime reads in place.
 *
 * <p>
 * Overwriting the memory changes the weights of the next run; nothing is copied or allocated from one candidate to the
 * next. The memory belongs to the arena, the tensor handles to the manager.
 */
final class BlockWeights {

    /** ONNX Runtime's Java binding counts bytes in an int and keeps some room. */
    private static final long MAX_BYTES = Integer.MAX_VALUE - 64L;

    private final List<MemorySegment> segments;
    private final NDList arrays;

    private BlockWeights(List<MemorySegment> segments, NDList arrays) {
        this.segments = segments;
        this.arrays = arrays;
    }

    /**
     * Allocates the weights of a block.
     *
     * @param prefix what the names of the tensors have before those of the graph's inputs
     */
    static BlockWeights allocate(List<Weight> weights, String prefix, Arena arena,
            OrtNDManager manager) {
        List<MemorySegment> segments = new ArrayList<>();
        for (Weight weight : weights) {
            long bytes = Float.BYTES * weight.shape().stream().reduce(1L, Math::multiplyExact);
            if (bytes > MAX_BYTES) {
                throw new IllegalArgumentException(
                        "The tensor %s of shape %s must not exceed 2 GiB as fp32.".formatted(
                                weight.name(),
                                weight.shape()));
            }
            segments.add(arena.allocate(bytes, NativeBuffers.ALIGNMENT));
        }
        return over(segments, weights, prefix, manager);
    }

    /** Weights that live in memory that other weights use at other times. */
    static BlockWeights over(List<MemorySegment> segments, List<Weight> weights, String prefix,
            OrtNDManager manager) {
        NDList arrays = new NDList();
        for (int i = 0; i < segments.size(); i++) {
            Weight weight = weights.get(i);
            Shape shape = new Shape(weight.shape());
            NDArray array = manager.create(
                    segments.get(i).asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer(),
                    shape,
                    DataType.FLOAT32);
            array.setName(weight.name().substring(prefix.length()));
            arrays.add(array);
        }
        return new BlockWeights(segments, arrays);
    }

    /** The tensors, named as the graph's inputs, in the order of the weights. */
    NDList arrays() {
        return arrays;
    }

    /** The memory of the i-th weight. */
    MemorySegment segment(int i) {
        return segments.get(i);
    }
}
