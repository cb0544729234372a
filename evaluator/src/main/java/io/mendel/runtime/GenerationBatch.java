package io.mendel.runtime;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.onnxruntime.engine.OrtNDManager;
import io.mendel.graph.AttentionForm;
import io.mendel.graph.DecoderConfig;
import io.mendel.graph.GraphValues;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Prompts that are continued together, one token each per step, with keys and values kept.
 *
 * <p>
 * Prompts are padded on the left, so the newest token of every row is in the last column. Padding repeats the first
 * token of the prompt and is seen by nobody but itself: a query that sees nothing would be NaN. Rows that are finished
 * compute on until they are half of the batch, then they are dropped from the cache.
 */
final class GenerationBatch {

    private final BlockSessions sessions;
    private final ModelWeights weights;
    private final IntFunction<BlockWeights> layers;
    private final DecoderConfig config;
    private final NDList rotation;
    private final OrtNDManager manager;
    private final int columns;
    private List<Row> rows;
    private NDList cache = new NDList();
    private int cached;

    /** A prompt and what came of it. */
    private static final class Row {
        private final GenerationRequest request;
        private final int padding;
        private int[] generated = new int[0];
        private boolean finished;

        Row(GenerationRequest request, int columns) {
            this.request = request;
            this.padding = columns - request.prompt().length;
        }

        void append(int token) {
            if (!finished) {
                generated = Arrays.copyOf(generated, generated.length + 1);
                generated[generated.length - 1] = token;
                finished = generated.length == request.maxNewTokens()
                        || request.stop().reached(generated.clone());
            }
        }

        int token(int column) {
            int[] prompt = request.prompt();
            int index = column - padding;
            if (index < prompt.length) {
                return prompt[Math.max(0, index)];
            }
            return generated[Math.min(index - prompt.length, generated.length - 1)];
        }

        boolean sees(int query, int key, int window) {
            return key == query
                    || (key < query && key >= padding && (window == 0 || query - key < window));
        }
    }

    /**
     * A batch that has not begun.
     *
     * @param weights embedding and head
     * @param layers the weights of each layer; layers may share weights, but never keys and values
     */
    GenerationBatch(List<GenerationRequest> requests, BlockSessions sessions, ModelWeights weights,
            IntFunction<BlockWeights> layers, DecoderConfig config, NDList rotation,
            OrtNDManager manager) {
        this.sessions = sessions;
        this.weights = weights;
        this.layers = layers;
        this.config = config;
        this.rotation = rotation;
        this.manager = manager;
        columns = requests.stream()
                .mapToInt(request -> request.prompt().length)
                .max()
                .orElseThrow();
        rows = requests.stream().map(request -> new Row(request, columns)).toList();
    }

    /** Runs all steps; the new tokens of each request, in order. */
    List<int[]> run() throws InferenceException {
        List<Row> all = rows;
        Shape empty = new Shape(rows.size(), config.keyValueHeads(), 0, config.headDim());
        for (int i = 0; i < 2 * config.layers(); i++) {
            cache.add(manager.create(NativeBuffers.bytes(0).asFloatBuffer(), empty,
                    DataType.FLOAT32));
        }
        int width = columns;
        while (rows.stream().anyMatch(row -> !row.finished)) {
            dropFinished();
            long[] next = step(width);
            for (int i = 0; i < next.length; i++) {
                rows.get(i).append(Math.toIntExact(next[i]));
            }
            width = 1;
        }
        cache.close();
        return all.stream().map(row -> row.generated).toList();
    }

    /** Feeds the next {@code width} columns; the greedy token after the last one, for each row. */
    private long[] step(int width) throws InferenceException {
        NDArray tokens = integers(GraphValues.TOKENS, width, (row, column) -> row.token(column));
        NDArray positions = integers(GraphValues.POSITIONS, width,
                (row, column) -> Math.max(0, column - row.padding));
        Map<Integer, NDArray> masks = new HashMap<>();
        NDArray hidden = embed(tokens, positions);
        for (int layer = 0; layer < config.layers(); layer++) {
            int window = config.slidingWindows().get(layer);
            NDArray mask = masks.computeIfAbsent(window, w -> mask(width, w));
            hidden = transform(hidden, positions, mask, layer);
        }
        cached += width;
        masks.values().forEach(NDArray::close);
        positions.close();
        return choose(hidden, width);
    }

    private NDArray embed(NDArray tokens, NDArray positions) throws InferenceException {
        NDList inputs = new NDList(tokens);
        if (config.learnedPositions()) {
            inputs.add(positions);
        }
        inputs.addAll(weights.embedding().arrays());
        NDArray hidden = sessions.embedding().run(inputs).singletonOrThrow();
        tokens.close();
        return hidden;
    }

    private NDArray transform(NDArray hidden, NDArray positions, NDArray mask, int layer)
            throws InferenceException {
        NDArray keys = named(cache.get(2 * layer), GraphValues.PAST_KEYS);
        NDArray values = named(cache.get(2 * layer + 1), GraphValues.PAST_VALUES);
        NDList inputs = new NDList(named(hidden, GraphValues.HIDDEN), positions, mask, keys,
                values);
        inputs.addAll(rotation);
        inputs.addAll(layers.apply(layer).arrays());
        NDList outputs = sessions.layer(config, layer, new AttentionForm.Cached()).run(inputs);
        hidden.close();
        keys.close();
        values.close();
        cache.set(2 * layer, outputs.get(GraphValues.PRESENT_KEYS));
        cache.set(2 * layer + 1, outputs.get(GraphValues.PRESENT_VALUES));
        return outputs.get(GraphValues.HIDDEN_OUT);
    }

    private long[] choose(NDArray hidden, int width) throws InferenceException {
        LongBuffer points = NativeBuffers.longs(2L * rows.size());
        IntStream.range(0, rows.size()).forEach(row -> points.put(row).put(width - 1));
        NDList inputs = new NDList(named(hidden, GraphValues.HIDDEN),
                array(GraphValues.POINTS, points.flip(), new Shape(rows.size(), 2)));
        inputs.addAll(weights.head().arrays());
        try (NDList outputs = sessions.greedyHead().run(inputs)) {
            return outputs.get(GraphValues.GREEDY).toLongArray();
        } finally {
            inputs.get(0).close();
            inputs.get(1).close();
        }
    }

    private void dropFinished() throws InferenceException {
        int[] active = IntStream.range(0, rows.size()).filter(i -> !rows.get(i).finished).toArray();
        if (2 * active.length > rows.size()) {
            return;
        }
        LongBuffer indices = NativeBuffers.longs(active.length);
        Arrays.stream(active).forEach(indices::put);
        try (NDArray selected = array(GraphValues.ROWS, indices.flip(), new Shape(active.length))) {
            for (int i = 0; i < cache.size(); i++) {
                NDArray old = named(cache.get(i), GraphValues.PAST_KEYS);
                cache.set(i,
                        sessions.rowSelection().run(new NDList(old, selected)).singletonOrThrow());
                old.close();
            }
        }
        List<Row> kept = new ArrayList<>();
        Arrays.stream(active).forEach(i -> kept.add(rows.get(i)));
        rows = kept;
    }

    private NDArray mask(int width, int window) {
        ByteBuffer visible = NativeBuffers.bytes((long) rows.size() * width * (cached + width));
        for (Row row : rows) {
            for (int query = cached; query < cached + width; query++) {
                for (int key = 0; key < cached + width; key++) {
                    visible.put((byte) (row.sees(query, key, window) ? 1 : 0));
                }
            }
        }
        NDArray mask = manager.create(visible.flip(),
                new Shape(rows.size(), 1, width, cached + width),
                DataType.BOOLEAN);
        return named(mask, GraphValues.MASK);
    }

    /** What stands in a column of a row. */
    @FunctionalInterface
    private interface Cell {
        int at(Row row, int column);
    }

    private NDArray integers(String name, int width, Cell cell) {
        LongBuffer values = NativeBuffers.longs((long) rows.size() * width);
        for (Row row : rows) {
            for (int column = cached; column < cached + width; column++) {
                values.put(cell.at(row, column));
            }
        }
        return array(name, values.flip(), new Shape(rows.size(), width));
    }

    private NDArray array(String name, LongBuffer values, Shape shape) {
        return named(manager.create(values, shape, DataType.INT64), name);
    }

    private static NDArray named(NDArray array, String name) {
        array.setName(name);
        return array;
    }
}
