package io.mendel.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointWriter;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.graph.DecoderConfig;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.MergedModel;
import io.mendel.merge.Merger;
import io.mendel.merge.StatisticsStore;
import io.mendel.merge.WriteOptions;
import io.mendel.space.MergekitReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mixtures of experts are merged by the names of their tensors, like any other model, and run afterwards. */
class MergedExpertsTest {

    private static final int VOCABULARY = 96;

    @TempDir
    private Path folder;

    /** One model after another, each token a target after a prompt of six. */
    private static List<float[]> score(CandidateModel... models) throws Exception {
        int[] prompt = {5, 17, 80, 33, 9, 64};
        ScoringPlan plan = ScoringPlan.of(List.of(new ScoredSequence(prompt,
                IntStream.range(0, VOCABULARY).map(_ -> prompt.length - 1).toArray(),
                IntStream.range(0, VOCABULARY).toArray())), 64);
        try (InferenceEngine engine = InferenceEngine.create(models[0].config(), 2)) {
            List<float[]> scores = new ArrayList<>();
            for (CandidateModel model : models) {
                scores.add(engine.score(model, plan).getFirst().logProbabilities());
            }
            return scores;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen2_moe", "qwen3_moe", "mixtral"})
    void aLinearMergeScoresLikeTheWeightedMeanOfTheTensors(String id) throws Exception {
        Path path = GoldenFolder.ROOT.resolve("architectures").resolve(id).resolve("model");
        try (Checkpoint first = Checkpoint.open(path);
                Checkpoint second = reversed(first, folder.resolve("reversed"))) {
            var parents = Map.of("first", first, "second", second);
            var recipe = MergekitReader.read("""
                    merge_method: linear
                    models:
                    - {model: first, parameters: {weight: 0.75}}
                    - {model: second, parameters: {weight: 0.25}}
                    dtype: float32
                    """, "recipe.yaml");
            CandidateModel mean = new Mean(CheckpointModel.of(first), CheckpointModel.of(second));
            try (Merger merger = Merger.create(parents, StatisticsStore.inMemory(),
                    MergeKernels.preferred(), 2)) {
                MergedModel merged = merger.open(MergePlanner.plan(recipe, parents));
                merged.write(folder.resolve("merged"), WriteOptions.DEFAULT);
                try (Checkpoint written = Checkpoint.open(folder.resolve("merged"))) {
                    assertThat(written.tensors().keySet()).isEqualTo(first.tensors().keySet());

                    List<float[]> scores = score(new Planned(mean.config(), merged),
                            CheckpointModel.of(written), mean, CheckpointModel.of(first));

                    assertThat(scores.get(0)).containsExactly(scores.get(1));
                    assertThat(scores.get(0)).containsExactly(scores.get(2), within(1e-4f));
                    assertThat(scores.get(0)).isNotEqualTo(scores.get(3));
                }
            }
        }
    }

    /** Layer 1 of Qwen2-MoE is dense, so config.json must say that layers 1 and 4 of the stack are. */
    @Test
    void aStackOfLayersKeepsTheDenseOnesDense() throws Exception {
        Path path = GoldenFolder.ROOT.resolve("architectures/qwen2_moe/model");
        try (Checkpoint parent = Checkpoint.open(path)) {
            var parents = Map.of("parent", parent);
            var recipe = MergekitReader.read("""
                    merge_method: linear
                    slices:
                    - sources: [{model: parent, layer_range: [0, 3], parameters: {weight: 1}}]
                    - sources: [{model: parent, layer_range: [0, 2], parameters: {weight: 1}}]
                    """, "recipe.yaml");
            try (Merger merger = Merger.create(parents, StatisticsStore.inMemory(),
                    MergeKernels.preferred(), 1)) {
                merger.open(MergePlanner.plan(recipe, parents))
                        .write(folder.resolve("stack"), WriteOptions.DEFAULT);
            }
            try (Checkpoint stack = Checkpoint.open(folder.resolve("stack"))) {
                CheckpointModel model = CheckpointModel.of(stack);

                assertThat(model.config().layers()).isEqualTo(5);
                assertThat(IntStream.range(0, 5).filter(layer -> !model.config().sparse(layer)))
                        .containsExactly(1, 4);
                for (float logProbability : score(model).getFirst()) {
                    assertThat(logProbability).isFinite();
                }
            }
        }
    }

    /** The same tensors with their elements in reverse order. */
    private static Checkpoint reversed(Checkpoint original, Path target) throws Exception {
        var infos = List.copyOf(original.tensors().values());
        try (Arena arena = Arena.ofConfined();
                var writer = CheckpointWriter.create(target, infos, Long.MAX_VALUE)) {
            for (TensorInfo info : infos) {
                assertThat(info.dtype()).isEqualTo(DType.F32);
                Tensor tensor = original.tensor(info.name());
                MemorySegment data = arena.allocate(info.byteSize());
                for (long i = 0; i < info.elements(); i++) {
                    data.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, info.elements() - 1 - i,
                            tensor.data().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i));
                }
                writer.write(info.name(), data);
            }
            writer.text("config.json", original.config().toString());
            writer.commit();
        }
        return Checkpoint.open(target);
    }

    /** What a campaign scores. */
    private record Planned(DecoderConfig config, MergedModel model) implements CandidateModel {
        @Override
        public void read(String name, MemorySegment target) {
            model.read(name, target);
        }
    }

    /** What it should be. */
    private record Mean(CheckpointModel first, CheckpointModel second) implements CandidateModel {
        @Override
        public DecoderConfig config() {
            return first.config();
        }

        @Override
        public void read(String name, MemorySegment target) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment other = arena.allocate(target.byteSize(), Float.BYTES);
                first.read(name, target);
                second.read(name, other);
                for (long i = 0; i < target.byteSize() / Float.BYTES; i++) {
                    double mean = 0.75 * target.getAtIndex(ValueLayout.JAVA_FLOAT, i)
                            + 0.25 * other.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    target.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) mean);
                }
            }
        }
    }
}
