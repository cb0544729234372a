package io.mendel.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.graph.DecoderConfig;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.MergedModel;
import io.mendel.merge.Merger;
import io.mendel.merge.StatisticsStore;
import io.mendel.merge.WriteOptions;
import io.mendel.runtime.CheckpointModel;
import io.mendel.runtime.GenerationRequest;
import io.mendel.runtime.InferenceEngine;
import io.mendel.runtime.ScoredSequence;
import io.mendel.runtime.ScoringPlan;
import io.mendel.space.LayerStacks;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A path with scales scores as a candidate what its exported checkpoint scores, bit for bit. */
class ScaledCandidateTest {

    @TempDir
    private Path folder;

    /** The same layer with another scale so far has other weights, so nothing may take one for the other. */
    @Test
    void repeatedLayersWithScalesScoreLikeTheExportedCheckpoint() throws Exception {
        var recipe = LayerStacks.stepwise(LayerStacks.depthUpscale("base", 4, 1))
                .withScales(List.of(1.0, 0.8, 1.1, 0.7, 1.3, 1.0));
        int[] tokens = {1, 20, 33, 47, 21, 60};
        ScoringPlan plan = ScoringPlan
                .of(List.of(new ScoredSequence(tokens, new int[]{2, 4}, new int[]{47, 60})), 64);
        List<GenerationRequest> requests = List.of(new GenerationRequest(tokens, 8, _ -> false));
        try (Checkpoint base = Checkpoint.open(SmallCampaign.DEMO.resolve("models/base"));
                Merger merger = Merger.create(Map.of("base", base), StatisticsStore.inMemory(),
                        MergeKernels.preferred(), 1)) {
            MergedModel model = merger.open(MergePlanner.plan(recipe, Map.of("base", base)));
            model.write(folder.resolve("out"), WriteOptions.DEFAULT);
            try (Checkpoint written = Checkpoint.open(folder.resolve("out"))) {
                CheckpointModel exported = CheckpointModel.of(written);
                var candidate = new MergedCandidate(DecoderConfig.of(written), model);
                try (InferenceEngine engine = InferenceEngine.create(exported.config(), 2)) {
                    assertThat(engine.score(candidate, plan).getFirst().logProbabilities())
                            .containsExactly(engine.score(exported, plan)
                                    .getFirst()
                                    .logProbabilities());
                    assertThat(engine.generate(candidate, requests).getFirst())
                            .containsExactly(engine.generate(exported, requests).getFirst());
                }
            }
        }
    }
}
