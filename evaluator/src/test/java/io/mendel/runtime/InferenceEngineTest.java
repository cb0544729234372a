package io.mendel.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.graph.DecoderConfig;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InferenceEngineTest {

    private static Checkpoint checkpoint;
    private static CheckpointModel model;

    @BeforeAll
    static void open() throws Exception {
        checkpoint = Checkpoint.open(GoldenFolder.DEMO.resolve("models/base"));
        model = CheckpointModel.of(checkpoint);
    }

    @AfterAll
    static void close() {
        checkpoint.close();
    }

    /** Sequences with many common prefixes, some equal ones, several targets at one position. */
    private static List<ScoredSequence> sequences(int count) {
        Random random = new Random(11);
        List<ScoredSequence> sequences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] tokens = random.ints(2 + random.nextInt(20), 3, 722).toArray();
            if (i > 0 && i % 3 != 0) {
                int[] earlier = sequences.get(i - 1).tokens();
                int shared = Math.min(tokens.length, random.nextInt(earlier.length) + 1);
                System.arraycopy(earlier, 0, tokens, 0, shared);
            }
            int last = tokens.length - 1;
            sequences.add(new ScoredSequence(tokens, new int[]{last, last / 2, last},
                    new int[]{random.nextInt(722), random.nextInt(722), random.nextInt(722)}));
        }
        sequences.add(sequences.getFirst());
        return sequences;
    }

    private static List<GenerationRequest> requests(int count) {
        Random random = new Random(12);
        return IntStream.range(0, count)
                .mapToObj(i -> new GenerationRequest(
                        random.ints(1 + random.nextInt(12), 3, 722).toArray(),
                        1 + random.nextInt(15),
                        tokens -> tokens[tokens.length - 1] % 5 == i % 5))
                .toList();
    }

    @Test
    void sharingARowChangesNothingBeyondRounding() throws Exception {
        List<ScoredSequence> sequences = sequences(60);
        try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
            List<TargetScores> together = engine.score(model, ScoringPlan.of(sequences, 1024));
            for (int i = 0; i < sequences.size(); i++) {
                TargetScores alone = engine
                        .score(model, ScoringPlan.of(List.of(sequences.get(i)), 1024))
                        .getFirst();
                assertThat(together.get(i).logProbabilities())
                        .containsExactly(alone.logProbabilities(), within(2e-5f));
                assertThat(together.get(i).greedy()).containsExactly(alone.greedy());
            }
            assertThat(together.getLast().logProbabilities())
                    .containsExactly(together.getFirst().logProbabilities());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7})
    void resultsAreTheSameBitForBitForAnyNumberOfThreads(int threads) throws Exception {
        ScoringPlan plan = ScoringPlan.of(sequences(100), 64);
        List<GenerationRequest> requests = requests(70);
        try (InferenceEngine one = InferenceEngine.create(model.config(), 1);
                InferenceEngine many = InferenceEngine.create(model.config(), threads)) {
            assertThat(many.score(model, plan)).usingRecursiveComparison()
                    .isEqualTo(one.score(model, plan));
            assertThat(many.generate(model, requests)).usingRecursiveComparison()
                    .isEqualTo(one.generate(model, requests));
        }
    }

    @Test
    void eachPromptIsContinuedAsIfItWereAlone() throws Exception {
        List<GenerationRequest> requests = requests(40);
        try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
            List<int[]> together = engine.generate(model, requests);
            for (int i = 0; i < requests.size(); i++) {
                int[] alone = engine.generate(model, List.of(requests.get(i))).getFirst();
                assertThat(together.get(i)).containsExactly(alone);
                assertThat(alone.length).isLessThanOrEqualTo(requests.get(i).maxNewTokens());
            }
        }
    }

    @Test
    void generationStopsWithTheTokenThatMeetsTheCondition() throws Exception {
        GenerationRequest request = new GenerationRequest(new int[]{1, 300}, 10,
                tokens -> tokens.length == 4);
        try (InferenceEngine engine = InferenceEngine.create(model.config(), 1)) {
            assertThat(engine.generate(model, List.of(request)).getFirst()).hasSize(4);
            assertThat(engine.generate(model, List.of())).isEmpty();
        }
    }

    @Test
    void everyTensorIsReadOnceForACandidate() throws Exception {
        Set<String> names = ConcurrentHashMap.newKeySet();
        CandidateModel counting = new Wrapper() {
            @Override
            public void read(String name, MemorySegment target) {
                assertThat(names.add(name)).as(name).isTrue();
                super.read(name, target);
            }
        };
        try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
            engine.score(counting, ScoringPlan.of(sequences(10), 64));
            assertThat(names).hasSize(56);
        }
    }

    @Test
    void aModelThatComputesNaNSaysSo() throws Exception {
        CandidateModel broken = new Wrapper() {
            @Override
            public void read(String name, MemorySegment target) {
                super.read(name, target);
                if (name.equals("model.layers.2.mlp.up_proj.weight")) {
                    target.set(ValueLayout.JAVA_FLOAT, 0, Float.NaN);
                }
            }
        };
        ScoringPlan plan = ScoringPlan.of(sequences(5), 64);
        try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
            for (TargetScores scores : engine.score(broken, plan)) {
                assertThat(scores.logProbabilities()).containsOnly(Float.NaN);
                assertThat(scores.greedy()).containsOnly(false);
            }
            assertThat(engine.score(model, plan)).allSatisfy(
                    scores -> assertThat(scores.logProbabilities()).doesNotContain(Float.NaN));
        }
    }

    @Test
    void aTensorThatCannotBeReadEndsTheRunAndTheEngineGoesOn() throws Exception {
        CandidateModel broken = new Wrapper() {
            @Override
            public void read(String name, MemorySegment target) {
                if (name.startsWith("model.layers.3.")) {
                    throw new IllegalArgumentException("no " + name);
                }
                super.read(name, target);
            }
        };
        ScoringPlan plan = ScoringPlan.of(sequences(50), 64);
        try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
            assertThatThrownBy(() -> engine.score(broken, plan))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("no model.layers.3.");
            assertThatThrownBy(() -> engine.generate(broken, requests(2)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(engine.score(model, plan)).hasSize(51);
        }
    }

    @Test
    void aTokenOutsideTheVocabularyIsAnInferenceException() {
        ScoringPlan plan = ScoringPlan.of(
                List.of(new ScoredSequence(new int[]{99999}, new int[]{0}, new int[]{1})),
                64);
        try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
            assertThatThrownBy(() -> engine.score(model, plan))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageContaining("embedding");
        }
    }

    @Test
    void anInterruptedThreadGetsAnExceptionAndStaysInterrupted() {
        try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> engine.score(model, ScoringPlan.of(sequences(50), 64)))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aCandidateOfAnotherShapeIsRefused() throws Exception {
        try (Checkpoint other = Checkpoint.open(GoldenFolder.ROOT.resolve("bad/ok_base"));
                InferenceEngine engine = InferenceEngine.create(model.config(), 1)) {
            CheckpointModel candidate = CheckpointModel.of(other);
            assertThatThrownBy(() -> engine.score(candidate, ScoringPlan.of(sequences(1), 64)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void noSequencesGiveNoScores() throws Exception {
        try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
            assertThat(engine.score(model, ScoringPlan.of(List.of(), 64))).isEmpty();
        }
    }

    /** The demo's base model, unless a test changes something. */
    private abstract static class Wrapper implements CandidateModel {

        @Override
        public DecoderConfig config() {
            return model.config();
        }

        @Override
        public void read(String name, MemorySegment target) {
            model.read(name, target);
        }
    }
}
