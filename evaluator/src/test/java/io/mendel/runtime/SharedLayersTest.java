package io.mendel.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.graph.DecoderConfig;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.MergedModel;
import io.mendel.merge.Merger;
import io.mendel.merge.StatisticsStore;
import io.mendel.space.MergekitReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What layers and candidates share is what they would have alone. */
class SharedLayersTest {

    /** A planned model, whose layers may be told apart or not. */
    private record Path(DecoderConfig config, MergedModel model, boolean known,
            AtomicInteger reads) implements CandidateModel {
        @Override
        public void read(String name, MemorySegment target) {
            reads.incrementAndGet();
            model.read(name, target);
        }

        @Override
        public @Nullable String weightsDigest(List<String> tensors) {
            return known ? model.plan().digest(tensors) : null;
        }
    }

    private static Path path(Merger merger, Checkpoint base, boolean known, String scales,
            int... layers) throws Exception {
        var text = new StringBuilder("merge_method: passthrough\nslices:\n");
        for (int layer : layers) {
            text.append("  - sources: [{model: base, layer_range: [%d, %d]}]%n".formatted(layer,
                    layer + 1));
        }
        text.append(scales);
        var plan = MergePlanner.plan(MergekitReader.read(text.toString(), "path"),
                Map.of("base", base));
        return new Path(DecoderConfig.of(base).withLayers(plan.layers()), merger.open(plan), known,
                new AtomicInteger());
    }

    @Test
    void repeatedLayersShareWeightsAndNothingElse() throws Exception {
        ScoringPlan plan = ScoringPlan.of(IntStream.range(0, 30)
                .mapToObj(i -> new ScoredSequence(new int[]{1, 20 + i, 300 - i, 40 + i % 7},
                        new int[]{3}, new int[]{500}))
                .toList(), 64);
        var requests = List.of(new GenerationRequest(new int[]{1, 30, 77}, 6, _ -> false),
                new GenerationRequest(new int[]{1, 300}, 6, _ -> false));
        try (Checkpoint base = Checkpoint.open(GoldenFolder.DEMO.resolve("models/base"));
                Merger merger = Merger.create(Map.of("base", base), StatisticsStore.inMemory(),
                        MergeKernels.preferred(), 2);
                PrefixCache cache = new PrefixCache(1 << 24);
                InferenceEngine plain = InferenceEngine.create(DecoderConfig.of(base), 2);
                InferenceEngine sharing = InferenceEngine.create(DecoderConfig.of(base), 2,
                        cache, Arena::ofShared)) {
            int[][] paths = {{0, 1, 2, 2, 2, 1, 3, 4, 5}, {0, 1, 2, 2, 5}, {0, 1, 2, 2, 2, 1, 5}};
            var reads = new ArrayList<Integer>();
            for (String scales : List.of("", "mendel: {scales: [1, 1, 0.7, 1, 1.2]}\n")) {
                for (int[] layers : paths) {
                    if (!scales.isEmpty() && layers.length != 5) {
                        continue;
                    }
                    Path alone = path(merger, base, false, scales, layers);
                    Path shared = path(merger, base, true, scales, layers);
                    assertThat(sharing.score(shared, plan)).usingRecursiveComparison()
                            .isEqualTo(plain.score(alone, plan));
                    reads.add(shared.reads().get());
                    assertThat(shared.reads().get()).isLessThan(alone.reads().get());
                    assertThat(sharing.generate(shared, requests)).usingRecursiveComparison()
                            .isEqualTo(plain.generate(alone, requests));
                }
            }
            // Embedding, six layers of nine tensors, final norm; then what only the head needs.
            assertThat(reads.getFirst()).isEqualTo(1 + 6 * 9 + 1);
            assertThat(reads.get(2)).isEqualTo(2);
            int batches = plan.batches().size();
            assertThat(cache.saved()).isEqualTo(batches * (4L + 6 + 2));
            assertThat(cache.executed() + cache.saved()).isEqualTo(batches * (9L + 5 + 7 + 5));
            assertThat(cache.bytes()).isBetween(1L, 1L << 24);
        }
    }
}
