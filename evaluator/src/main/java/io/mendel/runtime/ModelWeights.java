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
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The weights of a model, or of the part of it that is needed at a time.
 *
 * <p>
 * A resident model has a slot per layer. Else layers take turns in two slots, so that one is read while another
 * computes, or in two of each kind where dense and sparse layers alternate; and an untied head moves into the memory of
 * the embedding.
 */
final class ModelWeights implements AutoCloseable {

    /** A tensor to read and where it goes. */
    record Read(String name, MemorySegment target) {}

    private final DecoderConfig config;
    private final Arena arena;
    private final OrtNDManager manager = OnnxEngine.newManager();
    private final BlockWeights embedding;
    private final Map<Integer, BlockWeights> slots = new HashMap<>();
    private final boolean resident;
    private final BlockWeights head;

    private ModelWeights(DecoderConfig config, boolean resident, Supplier<Arena> memory) {
        this.arena = memory.get();
        this.config = config;
        this.resident = resident;
        embedding = BlockWeights.allocate(WeightLayout.embedding(config), "", arena, manager);
        for (int i = 0; i < config.layers(); i++) {
            int layer = i;
            slots.computeIfAbsent(slot(layer),
                    _ -> BlockWeights.allocate(WeightLayout.layer(config, layer), prefix(layer),
                            arena, manager));
        }
        List<Weight> headWeights = WeightLayout.head(config);
        if (resident && !config.tiedEmbeddings()) {
            head = BlockWeights.allocate(headWeights, "", arena, manager);
        } else {
            MemorySegment norm = arena.allocate(Float.BYTES * (long) config.hiddenSize(),
                    NativeBuffers.ALIGNMENT);
            head = BlockWeights.over(List.of(norm, embedding.segment(0)), headWeights, "", manager);
        }
    }

    /** Room for the embedding or head and two layers of each kind. */
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

    BlockWeights layer(int layer) {
        return Objects.requireNonNull(slots.get(slot(layer)));
    }

    /** A layer never shares a slot with the one before or after it. */
    private int slot(int layer) {
        if (resident) {
            return layer;
        }
        return layer % 2 + (config.sparse(layer) ? 2 : 0);
    }

    BlockWeights head() {
        return head;
    }

    /** What must be read before the embedding runs. */
    List<Read> embeddingReads() {
        return reads(WeightLayout.embedding(config), embedding);
    }

    /** What must be read before this layer runs. */
    List<Read> layerReads(int layer) {
        return reads(WeightLayout.layer(config, layer), layer(layer));
    }

    /** What must be read before the head runs, if the embedding has been read. */
    List<Read> headReads() {
        List<Read> reads = reads(WeightLayout.head(config), head);
        return config.tiedEmbeddings() ? reads.subList(0, 1) : reads;
    }

    /** What must be read before a resident model runs. */
    List<Read> allReads() {
        List<Read> reads = new ArrayList<>(embeddingReads());
        IntStream.range(0, config.layers()).forEach(layer -> reads.addAll(layerReads(layer)));
        reads.addAll(headReads());
        return reads;
    }

    private static List<Read> reads(List<Weight> weights, BlockWeights block) {
        List<Read> reads = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            reads.add(new Read(weights.get(i).name(), block.segment(i)));
        }
        return reads;
    }

    private static String prefix(int layer) {
        return "model.layers." + layer + ".";
    }

    @Override
    public void close() {
        manager.close();
        arena.close();
    }
}
