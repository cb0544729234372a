package io.mendel.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.Merger;
import io.mendel.merge.StatisticsStore;
import io.mendel.merge.WriteOptions;
import io.mendel.runtime.FoldedPathTest.Step;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Exported paths with scales compute what transformers computes for the path, with the scales applied by hooks.
 *
 * <p>
 * The numbers are those of {@code src/test/python/scaled_paths.py} with transformers 5.18.0 and torch 2.13 of November
 * 2026. With {@code -Dgolden.exports=DIR} the checkpoints stay in DIR, where the script loads and checks them, too.
 */
class GoldenScaledPathTest {

    @TempDir
    Path folder;

    static Stream<Arguments> cases() throws Exception {
        try (var stream = Objects.requireNonNull(
                GoldenScaledPathTest.class.getResourceAsStream("scaled_paths.json"))) {
            JsonNode all = new ObjectMapper().readTree(stream);
            return StreamSupport.stream(all.spliterator(), false)
                    .map(one -> Arguments.of(one.get("id").asText(), one))
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void exportedCheckpointsComputeTheLogitsOfTransformers(String id, JsonNode golden)
            throws Exception {
        String kept = System.getProperty("golden.exports");
        Path out = kept == null ? folder.resolve("out") : Path.of(kept).resolve(id);
        try (Checkpoint a = parent("a", golden); Checkpoint b = parent("b", golden)) {
            Map<String, Checkpoint> parents = Map.of("a", a, "b", b);
            try (Merger merger = Merger.create(parents, StatisticsStore.inMemory(),
                    MergeKernels.preferred(), 1)) {
                merger.open(MergePlanner.plan(recipe(golden), parents))
                        .write(out, WriteOptions.DEFAULT);
            }
        }
        long[] tokens = Arrays.stream(GoldenFolder.ints(golden.get("tokens")))
                .asLongStream()
                .toArray();
        try (Checkpoint exported = Checkpoint.open(out)) {
            float[] logits = ForwardPass.run(CheckpointModel.of(exported),
                    ForwardPass.Style.SCORING, 1, tokens.length, tokens,
                    IntStream.range(0, tokens.length).asLongStream().toArray(),
                    new long[tokens.length]).logits();
            int size = golden.get("logits").size();
            float[] expected = new float[size];
            for (int i = 0; i < size; i++) {
                expected[i] = (float) golden.get("logits").get(i).asDouble();
            }
            assertThat(Arrays.copyOfRange(logits, logits.length - size, logits.length))
                    .containsExactly(expected, within(1e-4f));
        }
    }

    private Checkpoint parent(String name, JsonNode golden) throws Exception {
        return SyntheticModel.write(folder.resolve(name), golden.get("configs").get(name),
                golden.get("seeds").get(name).asInt());
    }

    private static Recipe recipe(JsonNode golden) {
        List<Step> steps = new ArrayList<>();
        golden.get("path")
                .forEach(step -> steps.add(new Step(step.get(0).asText(), step.get(1).asInt())));
        List<Double> scales = new ArrayList<>();
        golden.get("scales").forEach(scale -> scales.add(scale.asDouble()));
        return FoldedPathTest.recipe(steps, scales);
    }
}
