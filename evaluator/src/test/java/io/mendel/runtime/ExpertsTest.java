package io.mendel.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.graph.DecoderConfig;
import io.mendel.graph.WeightLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What mixtures of experts add to {@link InferenceEngineTest}: two kinds of layers, and tokens that choose. */
class ExpertsTest {

    private static final int VOCABULARY = 96;

    /** Sequences of random tokens whose last token has every token as target. */
    private static List<ScoredSequence> sequences(int count) {
        Random random = new Random(21);
        List<ScoredSequence> sequences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] tokens = random.ints(1 + i % 9, 3, VOCABULARY).toArray();
            int last = tokens.length - 1;
            sequences.add(new ScoredSequence(tokens,
                    IntStream.range(0, VOCABULARY).map(_ -> last).toArray(),
                    IntStream.range(0, VOCABULARY).toArray()));
        }
        return sequences;
    }

    private static List<GenerationRequest> requests(int count) {
        Random random = new Random(22);
        return IntStream.range(0, count)
                .mapToObj(i -> new GenerationRequest(
                        random.ints(1 + i % 7, 3, VOCABULARY).toArray(), 1 + i % 11,
                        tokens -> tokens[tokens.length - 1] % 5 == i % 5))
                .toList();
    }

    private static Checkpoint open(String id) throws Exception {
        return Checkpoint
                .open(GoldenFolder.ROOT.resolve("architectures").resolve(id).resolve("model"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen2_moe", "qwen3_moe", "mixtral"})
    void resultsDependNeitherOnThreadsNorBeyondRoundingOnCompany(String id) throws Exception {
        List<ScoredSequence> sequences = sequences(40);
        List<GenerationRequest> requests = requests(40);
        ScoringPlan plan = ScoringPlan.of(sequences, 64);
        try (Checkpoint checkpoint = open(id)) {
            CheckpointModel model = CheckpointModel.of(checkpoint);
            try (InferenceEngine one = InferenceEngine.create(model.config(), 1);
                    InferenceEngine many = InferenceEngine.create(model.config(), 3)) {
                List<TargetScores> scores = one.score(model, plan);
                List<int[]> texts = one.generate(model, requests);

                assertThat(many.score(model, plan)).usingRecursiveComparison().isEqualTo(scores);
                assertThat(many.generate(model, requests)).usingRecursiveComparison()
                        .isEqualTo(texts);
                for (int i = 0; i < 10; i++) {
                    TargetScores alone = one
                            .score(model, ScoringPlan.of(List.of(sequences.get(i)), 64))
                            .getFirst();
                    assertThat(scores.get(i).logProbabilities())
                            .containsExactly(alone.logProbabilities(), within(2e-5f));
                    assertThat(one.generate(model, List.of(requests.get(i))).getFirst())
                            .containsExactly(texts.get(i));
                }
            }
        }
    }

    @Test
    void everyTensorIsReadOnceAndDenseAndSparseLayersDoNotMix() throws Exception {
        try (Checkpoint checkpoint = open("qwen2_moe")) {
            CheckpointModel model = CheckpointModel.of(checkpoint);
            Set<String> names = ConcurrentHashMap.newKeySet();
            CandidateModel counting = changed(model, (name, _) -> assertThat(names.add(name))
                    .as(name)
                    .isTrue());
            try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
                engine.score(counting, ScoringPlan.of(sequences(20), 64));
            }
            assertThat(names).containsExactlyInAnyOrderElementsOf(
                    WeightLayout.of(model.config())
                            .stream()
                            .map(WeightLayout.Weight::name)
                            .toList());
        }
    }

    @Test
    void anExpertThatNobodyChoosesDoesNotMatter() throws Exception {
        try (Checkpoint checkpoint = open("mixtral")) {
            CheckpointModel model = CheckpointModel.of(checkpoint);
            // All experts are equally probable: ties go to experts 0 and 1.
            CandidateModel undecided = changed(model, (name, target) -> {
                if (name.endsWith("block_sparse_moe.gate.weight")) {
                    target.fill((byte) 0);
                }
            });
            CandidateModel broken = changed(undecided, (name, target) -> {
                if (name.contains(".experts.3.") || name.contains(".experts.2.")) {
                    target.set(ValueLayout.JAVA_FLOAT, 0, Float.NaN);
                }
            });
            ScoringPlan plan = ScoringPlan.of(sequences(20), 64);
            try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
                List<TargetScores> scores = engine.score(undecided, plan);

                assertThat(engine.score(broken, plan)).usingRecursiveComparison()
                        .isEqualTo(scores);
                assertThat(scores).allSatisfy(
                        score -> assertThat(score.logProbabilities()).doesNotContain(Float.NaN));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.layers.0.mlp.gate.weight",
        "model.layers.0.mlp.shared_expert_gate.weight",
        "model.layers.0.input_layernorm.weight"})
    void aModelThatComputesNaNSaysSo(String tensor) throws Exception {
        try (Checkpoint checkpoint = open("qwen2_moe")) {
            CheckpointModel model = CheckpointModel.of(checkpoint);
            CandidateModel broken = changed(model, (name, target) -> {
                if (name.equals(tensor)) {
                    target.set(ValueLayout.JAVA_FLOAT, 0, Float.NaN);
                }
            });
            try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
                assertThat(engine.score(broken, ScoringPlan.of(sequences(20), 64)))
                        .allSatisfy(scores -> assertThat(scores.logProbabilities())
                                .containsOnly(Float.NaN));
                assertThat(engine.generate(broken, requests(5))).hasSize(5);
            }
        }
    }

    private interface Change {
        void apply(String name, MemorySegment target);
    }

    private static CandidateModel changed(CandidateModel model, Change change) {
        return new CandidateModel() {
            @Override
            public DecoderConfig config() {
                return model.config();
            }

            @Override
            public void read(String name, MemorySegment target) {
                model.read(name, target);
                change.apply(name, target);
            }
        };
    }
}
