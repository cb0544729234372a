package io.mendel.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.Merger;
import io.mendel.merge.StatisticsStore;
import io.mendel.merge.WriteOptions;
import io.mendel.merge.vocabulary.AlignedModels;
import io.mendel.merge.vocabulary.VocabularyModel;
import io.mendel.space.MergekitReader;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models merged over one vocabulary compute what their parents compute. */
class MergedVocabularyTest {

    private static final String TEXT = "Yuki has 12 coins . Mary has 13 .";

    @TempDir
    private Path folder;

    private Path merge(String yaml, Map<String, VocabularyModel> variants) throws Exception {
        Recipe recipe = MergekitReader.read(yaml, "recipe.yaml");
        var models = new LinkedHashMap<String, Checkpoint>();
        try {
            for (var variant : variants.entrySet()) {
                models.put(variant.getKey(),
                        variant.getValue().write(folder.resolve(variant.getKey())));
            }
            Path out = folder.resolve("out");
            try (AlignedModels aligned = AlignedModels.of(recipe, models, folder::resolve);
                    Merger merger = Merger.create(aligned.parents(), StatisticsStore.inMemory(),
                            MergeKernels.preferred(), 2)) {
                merger.open(MergePlanner.plan(recipe, aligned.parents()))
                        .write(out, WriteOptions.DEFAULT, aligned.companions());
            }
            return out;
        } finally {
            models.values().forEach(Checkpoint::close);
        }
    }

    private static float[] logits(Path model, int[] tokens) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            return ForwardPass
                    .run(CheckpointModel.of(checkpoint), ForwardPass.Style.CACHED, 1,
                            tokens.length, Arrays.stream(tokens).asLongStream().toArray(),
                            IntStream.range(0, tokens.length).asLongStream().toArray(),
                            IntStream.range(0, tokens.length).mapToLong(i -> 1).toArray())
                    .logits();
        }
    }

    private static Map<String, VocabularyModel> variants(boolean untied) throws Exception {
        var sort = VocabularyModel.of("sort-en", 3)
                .piece("z", "q")
                .piece("zq", "x")
                .special("<|im_end|>")
                .shuffle(3);
        return new TreeMap<>(Map.of("chat",
                VocabularyModel.of("chat-ja", 2).drop("Ġ14", "yuki").special("<|im_start|>"),
                "sort", untied ? sort.untied() : sort));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aParentThatHasAllTheWeightGivesTheLogitsOfItsTokens(boolean untied) throws Exception {
        Path out = merge("""
                merge_method: linear
                models:
                  - {model: chat, parameters: {weight: 0}}
                  - {model: sort, parameters: {weight: 1}}
                tokenizer: {source: union, pad_to_multiple_of: 8}
                """, variants(untied));
        try (Tokenizer tokenizer = Tokenizer.open(out);
                Tokenizer own = Tokenizer.open(folder.resolve("sort"))) {
            List<String> tokens = Objects.requireNonNull(variants(untied).get("sort")).tokens();
            int[] outIds = new int[tokens.size()];
            for (int id = 0; id < outIds.length; id++) {
                outIds[id] = id(out, tokens.get(id));
            }
            int[] ownText = own.encode(TEXT, true);
            int[] outText = Arrays.stream(ownText).map(id -> outIds[id]).toArray();
            assertThat(tokenizer.decode(outText, false)).isEqualTo(own.decode(ownText, false));
            float[] expected = logits(folder.resolve("sort"), ownText);
            float[] merged = logits(out, outText);
            int rows = merged.length / outText.length;
            assertThat(rows).isEqualTo(728);
            for (int i = 0; i < ownText.length; i++) {
                for (int id = 0; id < tokens.size(); id++) {
                    assertThat(merged[i * rows + outIds[id]])
                            .isEqualTo(expected[i * tokens.size() + id]);
                }
            }
        }
    }

    @Test
    void aBaseThatNothingIsAddedToReadsAndContinuesTextAsBefore() throws Exception {
        var models = variants(false);
        models.put("base", VocabularyModel.of("base", 1).drop("Ġ14"));
        Path out = merge("""
                merge_method: task_arithmetic
                base_model: base
                models:
                  - {model: chat, parameters: {weight: 0}}
                  - {model: sort, parameters: {weight: 0}}
                tokenizer_source: union
                """, models);
        try (Tokenizer tokenizer = Tokenizer.open(out);
                Tokenizer own = Tokenizer.open(folder.resolve("base"))) {
            int[] text = own.encode(TEXT, true);
            assertThat(tokenizer.encode(TEXT, true)).isEqualTo(text);
            assertThat(tokenizer.eosId()).isEqualTo(own.eosId());
            float[] expected = logits(folder.resolve("base"), text);
            float[] merged = logits(out, text);
            int rows = merged.length / text.length;
            for (int i = 0; i < text.length; i++) {
                assertThat(Arrays.copyOfRange(merged, i * rows, i * rows + 721)).isEqualTo(
                        Arrays.copyOfRange(expected, i * 721, (i + 1) * 721));
            }
            // What the others bring is within reach: added tokens whole, pieces by their merges.
            assertThat(tokenizer.encode("<|im_start|>zqx<|im_end|>", false)).containsExactly(
                    id(out, "<|im_start|>"), id(out, "zqx"),
                    id(out, "<|im_end|>"));
        }
    }

    private static int id(Path folder, String token) throws Exception {
        JsonNode id = GoldenFolder.json(folder.resolve("tokenizer.json"))
                .at("/model/vocab")
                .get(token);
        assertThat(id).as(token).isNotNull();
        return id.intValue();
    }
}
