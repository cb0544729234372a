package io.mendel.runtime;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.onnxruntime.engine.OrtNDManager;
import io.mendel.graph.AttentionForm;
import io.mendel.graph.BlockGraphs;
import io.mendel.graph.DecoderConfig;
import io.mendel.graph.GraphValues;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Runs the production graphs on a whole batch and keeps what scoring and generation never ask for.
 *
 * @param hidden the input of each layer and the output of the last, [B·S·H] each
 * @param normed after the last norm, [B·S·H]
 * @param logits [B·S·V]
 */
record ForwardPass(List<float[]> hidden, float[] normed, float[] logits) {

    /** How the attention of a batch is expressed. */
    enum Style {
        /** As in scoring, if possible without a mask. */
        SCORING,
        /** As in scoring of rows that hold several sequences. */
        PACKED,
        /** As in the first step of a generation. */
        CACHED
    }

    /**
     * Runs a batch.
     *
     * @param tokens [rows, width]
     * @param positions [rows, width]
     * @param attended [rows, width], 1 where a token is no padding
     */
    static ForwardPass run(CandidateModel model, Style style, int rows, int width, long[] tokens,
            long[] positions,
            long[] attended) throws InferenceException {
        return run(model, List.of(), style, rows, width, tokens, positions, attended);
    }

    /** Runs a batch; before each layer the hidden states are multiplied by its scale, if there are scales. */
    static ForwardPass run(CandidateModel model, List<Double> scales, Style style, int rows,
            int width, long[] tokens, long[] positions, long[] attended)
            throws InferenceException {
        DecoderConfig config = model.config();
        Shape shape = new Shape(rows, width);
        List<float[]> hidden = new ArrayList<>();
        try (BlockSessions sessions = new BlockSessions(config);
                ModelWeights weights = ModelWeights.resident(config, Arena::ofShared);
                RotaryTable rotation = new RotaryTable(config.rope());
                BlockSession head = new BlockSession("logits head", BlockGraphs.logitsHead(config));
                OrtNDManager manager = OnnxEngine.newManager()) {
            var placements = weights.place(config, 0,
                    Collections.nCopies(config.layers(), null));
            var reads = new ArrayList<>(weights.embeddingReads());
            placements.forEach(place -> reads.addAll(Objects.requireNonNull(place).reads()));
            reads.addAll(weights.headReads(true));
            reads.forEach(read -> model.read(read.name(), read.target()));
            NDList tables = rotation
                    .upTo(Math.max(width, 1 + (int) Arrays.stream(positions).max().orElseThrow()));
            NDList embed = new NDList(integers(manager, GraphValues.TOKENS, tokens, shape));
            if (config.learnedPositions()) {
                embed.add(integers(manager, GraphValues.POSITIONS, positions, shape));
            }
            embed.addAll(weights.embedding().arrays());
            NDArray x = sessions.embedding().run(embed).singletonOrThrow();
            for (int layer = 0; layer < config.layers(); layer++) {
                if (!scales.isEmpty()) {
                    x = scaled(manager, x, scales.get(layer));
                }
                hidden.add(x.toFloatArray());
                int window = config.slidingWindows().get(layer);
                AttentionForm form = switch (style) {
                    case SCORING -> window > 0 && width > window
                            ? new AttentionForm.Packed(window)
                            : new AttentionForm.Causal();
                    case PACKED -> new AttentionForm.Packed(window);
                    case CACHED -> new AttentionForm.Cached();
                };
                x.setName(GraphValues.HIDDEN);
                NDList inputs = new NDList(x,
                        integers(manager, GraphValues.POSITIONS, positions, shape));
                inputs.addAll(tables);
                inputs.addAll(Objects.requireNonNull(placements.get(layer)).weights().arrays());
                addForm(inputs, form, config, manager, rows, width, attended, window);
                x = sessions.layer(config, layer, form).run(inputs).get(GraphValues.HIDDEN_OUT);
            }
            hidden.add(x.toFloatArray());
            x.setName(GraphValues.HIDDEN);
            long[] points = new long[2 * rows * width];
            Arrays.setAll(points, i -> i % 2 == 0 ? i / 2 / width : i / 2 % width);
            NDList inputs = new NDList(x,
                    integers(manager, GraphValues.POINTS, points,
                            new Shape((long) rows * width, 2)));
            inputs.addAll(weights.head().arrays());
            NDList outputs = head.run(inputs);
            return new ForwardPass(hidden, outputs.get(GraphValues.NORMED).toFloatArray(),
                    outputs.get(GraphValues.LOGITS).toFloatArray());
        }
    }

    private static NDArray scaled(OrtNDManager manager, NDArray x, double scale) {
        float[] values = x.toFloatArray();
        for (int i = 0; i < values.length; i++) {
            values[i] *= (float) scale;
        }
        FloatBuffer buffer = NativeBuffers.bytes((long) Float.BYTES * values.length)
                .asFloatBuffer();
        return manager.create(buffer.put(values).flip(), x.getShape(), DataType.FLOAT32);
    }

    private static void addForm(NDList inputs, AttentionForm form, DecoderConfig config,
            OrtNDManager manager,
            int rows, int width, long[] attended, int window) {
        switch (form) {
            case AttentionForm.Causal() -> {
            }
            case AttentionForm.Packed(_) -> {
                long[] indices = new long[width];
                Arrays.setAll(indices, i -> i);
                long[] ends = new long[rows * width];
                Arrays.fill(ends, width);
                inputs.add(
                        integers(manager, GraphValues.INDICES, indices, new Shape(1, 1, width, 1)));
                inputs.add(integers(manager, GraphValues.ENDS, ends, new Shape(rows, 1, 1, width)));
            }
            case AttentionForm.Cached() -> {
                ByteBuffer visible = NativeBuffers.bytes((long) rows * width * width);
                for (int row = 0; row < rows; row++) {
                    for (int query = 0; query < width; query++) {
                        for (int key = 0; key < width; key++) {
                            boolean seen = key == query
                                    || (key < query && attended[row * width + key] == 1
                                            && (window == 0 || query - key < window));
                            visible.put((byte) (seen ? 1 : 0));
                        }
                    }
                }
                NDArray mask = manager.create(visible.flip(), new Shape(rows, 1, width, width),
                        DataType.BOOLEAN);
                mask.setName(GraphValues.MASK);
                inputs.add(mask);
                for (String name : List.of(GraphValues.PAST_KEYS, GraphValues.PAST_VALUES)) {
                    NDArray past = manager.create(NativeBuffers.bytes(0).asFloatBuffer(),
                            new Shape(rows, config.keyValueHeads(), 0, config.headDim()),
                            DataType.FLOAT32);
                    past.setName(name);
                    inputs.add(past);
                }
            }
        }
    }

    private static NDArray integers(OrtNDManager manager, String name, long[] values, Shape shape) {
        LongBuffer buffer = NativeBuffers.longs(values.length);
        buffer.put(values).flip();
        NDArray array = manager.create(buffer, shape, DataType.INT64);
        array.setName(name);
        return array;
    }
}
