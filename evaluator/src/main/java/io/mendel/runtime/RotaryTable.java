package io.mendel.runtime;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.onnxruntime.engine.OrtNDManager;
import io.mendel.graph.DecoderConfig.Rope;
import io.mendel.graph.GraphValues;
import java.nio.FloatBuffer;

/**
 * Cosines and sines of the rotary embedding, [positions, D / 2] each, for as many positions as were ever needed.
 *
 * <p>
 * The operator demands as many rows as a batch has columns, even if no position is that large.
 *
 * <p>
 * The angle is the fp32 product of position and frequency, as in transformers: at position 10 000 its rounding moves the
 * cosine by more than fp32 does.
 */
final class RotaryTable implements AutoCloseable {

    private final Rope rope;
    private final OrtNDManager manager = OnnxEngine.newManager();
    private NDList arrays = new NDList();
    private int positions;

    RotaryTable(Rope rope) {
        this.rope = rope;
    }

    /**
     * The two tables, named as graph inputs, with at least this many rows; none where nothing is rotated. Not
     * thread-safe.
     */
    NDList upTo(int needed) {
        if (rope.inverseFrequencies().isEmpty()) {
            return arrays;
        }
        if (needed > positions) {
            arrays.close();
            // Doubling: a generation asks for one more row at each step.
            positions = Math.max(needed, Math.min(2 * positions, 1 << 16));
            arrays = new NDList(table(GraphValues.COSINES), table(GraphValues.SINES));
        }
        return arrays;
    }

    private NDArray table(String name) {
        int pairs = rope.inverseFrequencies().size();
        FloatBuffer values = NativeBuffers.bytes((long) positions * pairs * Float.BYTES)
                .asFloatBuffer();
        for (int position = 0; position < positions; position++) {
            for (double frequency : rope.inverseFrequencies()) {
                double angle = (float) position * (float) frequency;
                double value = name.equals(GraphValues.COSINES) ? Math.cos(angle) : Math.sin(angle);
                values.put((float) (value * rope.attentionFactor()));
            }
        }
        NDArray array = manager.create(values.flip(), new Shape(positions, pairs),
                DataType.FLOAT32);
        array.setName(name);
        return array;
    }

    @Override
    public void close() {
        manager.close();
    }
}
