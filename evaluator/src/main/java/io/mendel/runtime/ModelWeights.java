package io.mendel.runtime;

import ai.djl.onnxruntime.engine.OrtNDManager;
import io.mendel.graph.DecoderConfig;
import io.mendel.graph.WeightLayout;
import io.mendel.graph.WeightLayout.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a model, or of the part of it that is needed at a time.
 *
 * <p>
 * A resident model has all its layers in memory, those with equal weights once. Else layers take turns in a few places
 * for each kind, dense and sparse, so that one is read while another computes; and an untied head moves into the memory
 * of the embedding. Models of any depth follow each other in the same memory.
 */
final class ModelWeights implements AutoCloseable {

    /** A tensor to read and where it goes. */
    record Read(String name, MemorySegment target) {}

    private final DecoderConfig config;
    private final Arena arena;
    private final OrtNDManager manager = OnnxEngine.newManager();
    private final BlockWeights embedding;
    private final Map<Boolean, LayerSlots> layers = new HashMap<>();
    private final boolean resident;
    private final BlockWeights head;

    private ModelWeights(DecoderConfig config, boolean resident, Supplier<Arena> memory) {
        this.arena = memory.get();
        this.config = config;
        this.resident = resident;
        embedding = BlockWeights.allocate(WeightLayout.embedding(config), "", arena, manager);
        List<Weight> headWeights = WeightLayout.head(config);
        if (resident && !config.tiedEmbeddings()) {
            head = BlockWeights.allocate(headWeights, "", arena, manager);
        } else {
            List<MemorySegment> segments = new ArrayList<>();
            for (int i = 0; i < headWeights.size() - 1; i++) {
                segments.add(arena.allocate(Float.BYTES * (long) config.hiddenSize(),
                        NativeBuffers.ALIGNMENT));
            }
            segments.add(embedding.segment(0));
            head = BlockWeights.over(segments, headWeights, "", manager);
        }
    }

    /** Room for the embedding or head and a few layers of each kind. */
    static ModelWeights streaming(DecoderConfig config, Supplier<Arena> memory) {
        return new ModelWeights(config, false, memory);
    }

    /** Room for everything. */
    static ModelWeights resident(DecoderConfig config, Supplier<Arena> memory) {
        return new ModelWeights(config, true, memory);
    }

    BlockWeights embedding() {
        return embedding;
    }

    BlockWeights head() {
        return head;
    }

    /**
     * Places the layers of a run; those of the run before must be done.
     *
     * @param model the model
     * @param from the first layer that runs
     * @param digests what tells equal layers, see {@link CandidateModel#weightsDigest}
     * @return for each layer of the model where it is; null for those that do not run
     */
    List<LayerSlots.@Nullable Placement> place(DecoderConfig model, int from,
            List<? extends @Nullable String> digests) {
        var placements = new ArrayList<LayerSlots.@Nullable Placement>();
        IntStream.range(0, model.layers()).forEach(_ -> placements.add(null));
        for (boolean sparse : new boolean[]{false, true}) {
            var chosen = IntStream.range(from, model.layers())
                    .filter(layer -> model.sparse(layer) == sparse)
                    .boxed()
                    .toList();
            var placed = slots(sparse).place(model, chosen, digests, resident);
            for (int i = 0; i < chosen.size(); i++) {
                LayerSlots.Placement it = placed.get(i);
                placements.set(chosen.get(i), new LayerSlots.Placement(it.weights(), it.reads(),
                        layer(chosen, it.shared()), layer(chosen, it.after())));
            }
        }
        return placements;
    }

    private static int layer(List<Integer> layers, int step) {
        return step < 0 ? -1 : layers.get(step);
    }

    private LayerSlots slots(boolean sparse) {
        return layers.computeIfAbsent(sparse, _ -> new LayerSlots(one -> BlockWeights
                .allocate(WeightLayout.layer(one, 0), WeightLayout.layerPrefix(one, 0),
                        arena, manager)));
    }

    /** After a failure nobody knows what the places of the layers hold. */
    void forget() {
        layers.values().forEach(LayerSlots::forget);
    }

    /** What must be read before the embedding runs. */
    List<Read> embeddingReads() {
        return reads(WeightLayout.embedding(config), embedding);
    }

    /**
     * What must be read before the head runs.
     *
     * @param embedded whether the embedding has been read for this model
     */
    List<Read> headReads(boolean embedded) {
        List<Read> reads = reads(WeightLayout.head(config), head);
        return config.tiedEmbeddings() && embedded ? reads.subList(0, reads.size() - 1) : reads;
    }

    private static List<Read> reads(List<Weight> weights, BlockWeights block) {
        List<Read> reads = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            reads.add(new Read(weights.get(i).name(), block.segment(i)));
        }
        return reads;
    }

    @Override
    public void close() {
        manager.close();
        arena.close();
    }
}
