package io.mendel.runtime;

import io.mendel.graph.AttentionForm;
import io.mendel.graph.BlockGraphs;
import io.mendel.graph.DecoderConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The compiled blocks of one architecture, compiled when first needed and kept. Thread-safe. */
final class BlockSessions implements AutoCloseable {

    private final DecoderConfig config;
    private final Map<String, BlockSession> sessions = new HashMap<>();

    BlockSessions(DecoderConfig config) {
        this.config = config;
    }

    BlockSession embedding() {
        return session("embedding", () -> BlockGraphs.embedding(config));
    }

    /**
     * The block of a layer.
     *
     * @param model a model of this architecture, of any depth
     */
    BlockSession layer(DecoderConfig model, int layer, AttentionForm form) {
        String kind = model.sparse(layer) ? "sparse decoder layer" : "decoder layer";
        return session(kind + " with attention " + form,
                () -> BlockGraphs.layer(model, layer, form));
    }

    BlockSession scoringHead() {
        return session("scoring head", () -> BlockGraphs.scoringHead(config));
    }

    BlockSession greedyHead() {
        return session("greedy head", () -> BlockGraphs.greedyHead(config));
    }

    BlockSession rowSelection() {
        return session("row selection", () -> BlockGraphs.rowSelection(config));
    }

    private synchronized BlockSession session(String name, Supplier<byte[]> graph) {
        return sessions.computeIfAbsent(name, _ -> new BlockSession(name, graph.get()));
    }

    @Override
    public synchronized void close() {
        sessions.values().forEach(BlockSession::close);
        sessions.clear();
    }
}
