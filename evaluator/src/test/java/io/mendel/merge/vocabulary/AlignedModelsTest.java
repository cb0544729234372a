package io.mendel.merge.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;
import io.mendel.merge.MergeException;
import io.mendel.merge.ModelCompanions;
import io.mendel.merge.ModelCompanions.Content;
import io.mendel.merge.Parents;
import io.mendel.space.MergekitReader;
import io.mendel.space.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Variants of the demo models, whose tokenizers differ in pieces, added tokens and order. */
class AlignedModelsTest {

    private static final int WIDTH = VocabularyModel.WIDTH;

    @TempDir
    private Path folder;

    private final Map<String, Checkpoint> models = new LinkedHashMap<>();
    private final List<AlignedModels> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(AlignedModels::close);
        models.values().forEach(Checkpoint::close);
    }

    private void write(String name, VocabularyModel model) throws Exception {
        models.put(name, model.write(folder.resolve(name)));
    }

    /** A base without some pieces, a chat model with two more tokens, and one in another order with a new piece. */
    private void writeThree() throws Exception {
        write("base", VocabularyModel.of("base", 1).drop("Ġ14", "yuki"));
        write("chat", VocabularyModel.of("chat-ja", 2)
                .drop("Ġ14")
                .special("<|im_start|>")
                .special("<|im_end|>"));
        write("sort", VocabularyModel.of("sort-en", 3)
                .piece("z", "q")
                .piece("zq", "x")
                .special("<|im_end|>")
                .shuffle(3));
    }

    private static Recipe recipe(String settings) throws Exception {
        return MergekitReader.read("""
                merge_method: linear
                base_model: base
                models:
                  - {model: chat, parameters: {weight: 1}}
                  - {model: sort, parameters: {weight: 1}}
                """ + settings, "recipe.yaml");
    }

    private AlignedModels align(String settings) throws Exception {
        return align(recipe(settings));
    }

    private AlignedModels align(Recipe recipe) throws Exception {
        AlignedModels aligned = AlignedModels.of(recipe, models, folder::resolve);
        opened.add(aligned);
        return aligned;
    }

    private static String text(AlignedModels aligned, String file) throws Exception {
        return switch (aligned.companions().files().get(file)) {
            case Content.Text(String text) -> text;
            case Content.Copy(Path path) -> Files.readString(path);
            case null -> throw new AssertionError(file);
        };
    }

    private static JsonNode json(AlignedModels aligned, String file) throws Exception {
        return new ObjectMapper().readTree(text(aligned, file));
    }

    private static List<String> tokens(JsonNode tokenizer) {
        var tokens = new java.util.TreeMap<Integer, String>();
        tokenizer.at("/model/vocab")
                .properties()
                .forEach(entry -> tokens.put(entry.getValue().intValue(), entry.getKey()));
        assertThat(tokens.lastKey()).isEqualTo(tokens.size() - 1);
        return List.copyOf(tokens.values());
    }

    private static short[] row(Tensor tensor, int row) {
        return RowValues.row(tensor, row)
                .toArray(java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED);
    }

    private Tensor original(String model) {
        return Objects.requireNonNull(models.get(model)).tensor(VocabularyModel.EMBEDDING);
    }

    private static Tensor aligned(AlignedModels aligned, String model) {
        return Objects.requireNonNull(aligned.parents().get(model))
                .tensor(VocabularyModel.EMBEDDING);
    }

    private int id(String model, String token) throws Exception {
        Path directory = Objects.requireNonNull(models.get(model)).directory();
        return Objects.requireNonNull(TokenizerReader.read(model, directory, 100_000).id(token),
                model + " has no " + token);
    }

    private short[] original(String model, String token) throws Exception {
        return row(original(model), id(model, token));
    }

    private short[] mean(List<short[]> rows) {
        double[] sum = new double[WIDTH];
        for (short[] row : rows) {
            RowValues.add(java.lang.foreign.MemorySegment.ofArray(row), DType.BF16, sum);
        }
        for (int i = 0; i < WIDTH; i++) {
            sum[i] /= rows.size();
        }
        short[] mean = new short[WIDTH];
        RowValues.store(sum, DType.BF16, java.lang.foreign.MemorySegment.ofArray(mean));
        return mean;
    }

    @Test
    void aUnionAppendsPiecesThenAddedTokensInTheOrderOfTheModels() throws Exception {
        writeThree();
        var expected = new ArrayList<>(
                VocabularyModel.of("base", 1).drop("Ġ14", "yuki").tokens());
        expected.addAll(List.of("yuki"));
        var shuffled = VocabularyModel.of("sort-en", 3)
                .piece("z", "q")
                .piece("zq", "x")
                .special("<|im_end|>")
                .shuffle(3)
                .tokens();
        shuffled.stream().filter(List.of("Ġ14", "zq", "zqx")::contains).forEach(expected::add);
        expected.addAll(List.of("<|im_start|>", "<|im_end|>"));

        AlignedModels aligned = align("tokenizer_source: union\n");
        JsonNode tokenizer = json(aligned, "tokenizer.json");

        assertThat(tokens(tokenizer)).isEqualTo(expected);
        assertThat(tokenizer.path("added_tokens").findValuesAsText("content"))
                .containsExactly("<pad>", "<s>", "</s>", "<|im_start|>", "<|im_end|>");
        assertThat(tokenizer.path("added_tokens").get(4).path("special").asBoolean()).isTrue();
        assertThat(text(align("tokenizer_source: union\n"), "tokenizer.json"))
                .isEqualTo(text(aligned, "tokenizer.json"));
        for (String model : models.keySet()) {
            JsonNode config = Objects.requireNonNull(aligned.parents().get(model)).config();
            assertThat(config.path("vocab_size").asInt()).isEqualTo(expected.size());
            assertThat(aligned(aligned, model).info().shape())
                    .containsExactly((long) expected.size(), (long) WIDTH);
        }
    }

    @Test
    void mergesOfAUnionAreTheBasesThenTheNewOnes() throws Exception {
        writeThree();
        JsonNode merges = json(align("tokenizer_source: union\n"), "tokenizer.json")
                .at("/model/merges");
        JsonNode base = new ObjectMapper()
                .readTree(folder.resolve("base/tokenizer.json").toFile())
                .at("/model/merges");
        for (int i = 0; i < base.size(); i++) {
            assertThat(merges.get(i)).isEqualTo(base.get(i));
        }
        var rest = IntStream.range(base.size(), merges.size())
                .mapToObj(i -> merges.get(i).path(0).asText() + merges.get(i).path(1).asText())
                .toList();
        assertThat(rest).containsExactlyInAnyOrder("yuki", "Ġyuki", "Ġ14", "zq", "zqx");
    }

    @Test
    void everyModelKeepsTheRowsOfItsTokensBitForBit() throws Exception {
        writeThree();
        AlignedModels aligned = align("tokenizer_source: union\n");
        List<String> tokens = tokens(json(aligned, "tokenizer.json"));
        for (String model : models.keySet()) {
            ModelTokenizer own = TokenizerReader.read(model,
                    Objects.requireNonNull(models.get(model)).directory(), 100_000);
            Tensor rows = aligned(aligned, model);
            for (int id = 0; id < tokens.size(); id++) {
                Integer row = own.id(tokens.get(id));
                if (row != null) {
                    assertThat(row(rows, id)).isEqualTo(row(original(model), row));
                }
            }
        }
    }

    @Test
    void aMissingRowIsTheOnlyOwnersOrTheBasesOrTheMean() throws Exception {
        writeThree();
        AlignedModels aligned = align("tokenizer_source: union\n");
        List<String> tokens = tokens(json(aligned, "tokenizer.json"));
        assertThat(row(aligned(aligned, "base"), tokens.indexOf("<|im_start|>")))
                .isEqualTo(original("chat", "<|im_start|>"));
        assertThat(row(aligned(aligned, "chat"), tokens.indexOf("zqx")))
                .isEqualTo(original("sort", "zqx"));
        assertThat(row(aligned(aligned, "base"), tokens.indexOf("<|im_end|>")))
                .isEqualTo(mean(List.of(original("chat", "<|im_end|>"),
                        original("sort", "<|im_end|>"))))
                .isNotEqualTo(original("chat", "<|im_end|>"));
        assertThat(row(aligned(aligned, "base"), tokens.indexOf("yuki")))
                .isEqualTo(mean(List.of(original("chat", "yuki"), original("sort", "yuki"))));
    }

    @Test
    void theBaseComesBeforeTheMean() throws Exception {
        write("base", VocabularyModel.of("base", 1).special("<|im_end|>"));
        write("chat", VocabularyModel.of("chat-ja", 2));
        write("sort", VocabularyModel.of("sort-en", 3).special("<|im_end|>").shuffle(3));
        AlignedModels aligned = align("tokenizer_source: union\n");
        assertThat(row(aligned(aligned, "chat"), 722)).isEqualTo(original("base", "<|im_end|>"));
        // Nothing is new to the base, so its files stay as they are.
        assertThat(aligned.companions())
                .isEqualTo(ModelCompanions.of(folder.resolve("base")));
    }

    @Test
    void baseKeepsOnlyTheBasesTokens() throws Exception {
        writeThree();
        AlignedModels aligned = align("tokenizer_source: base\n");
        assertThat(aligned.companions()).isEqualTo(ModelCompanions.of(folder.resolve("base")));
        assertThat(aligned(aligned, "chat").info().shape()).containsExactly(720L, 128L);
        assertThat(row(aligned(aligned, "sort"), id("base", "Ġ13")))
                .isEqualTo(original("sort", "Ġ13"));
    }

    @Test
    void theTokenizerOfAModelBringsTheIdsOfItsSpecialTokens() throws Exception {
        writeThree();
        Path sort = folder.resolve("sort");
        var config = (com.fasterxml.jackson.databind.node.ObjectNode) new ObjectMapper()
                .readTree(sort.resolve("config.json").toFile());
        VocabularyModel.text(sort.resolve("config.json"),
                config.put("eos_token_id", id("sort", "<|im_end|>")).toString());
        VocabularyModel.text(sort.resolve("generation_config.json"), "{\"eos_token_id\": [7]}");
        models.put("sort", Checkpoint.open(sort));
        AlignedModels aligned = align("tokenizer_source: sort\n");
        assertThat(aligned.companions().files().get("tokenizer.json"))
                .isEqualTo(new Content.Copy(sort.resolve("tokenizer.json")));
        assertThat(Objects.requireNonNull(aligned.parents().get("base"))
                .config()
                .path("eos_token_id")
                .asInt()).isEqualTo(id("sort", "<|im_end|>"));
        assertThat(json(aligned, "generation_config.json").path("eos_token_id").path(0).asInt())
                .isEqualTo(7);
        for (String token : List.of("Ġ13", "<|im_end|>", "Ġ14")) {
            assertThat(row(aligned(aligned, "sort"), id("sort", token)))
                    .isEqualTo(original("sort", token));
        }
        assertThat(row(aligned(aligned, "base"), id("sort", "Ġ13")))
                .isEqualTo(original("base", "Ġ13"));
    }

    @Test
    void aTokenizerMayComeFromAFolderWithoutWeights() throws Exception {
        writeThree();
        VocabularyModel.text(folder.resolve("elsewhere/tokenizer.json"),
                VocabularyModel.of("base", 9).special("<new>").shuffle(3).document().toString());
        AlignedModels aligned = align("tokenizer_source: elsewhere\n");
        assertThat(aligned(aligned, "base").info().shape()).containsExactly(723L, 128L);
        int id = Objects.requireNonNull(TokenizerReader
                .read("elsewhere", folder.resolve("elsewhere"), 1000)
                .id("<new>"));
        assertThat(row(aligned(aligned, "base"), id)).containsOnly(0);
    }

    @Test
    void theRecipeNamesRowsAndForcesThem() throws Exception {
        writeThree();
        AlignedModels aligned = align("""
                tokenizer:
                  source: base
                  pad_to_multiple_of: 50
                  tokens:
                    "<|im_start|>": {source: chat}
                    "<|im_end|>": {source: sort, force: true}
                    "<new>": {source: {kind: model_token, model: sort, token: zq}}
                    "<numbered>": {source: {kind: model_token, model: chat, token_id: 100}}
                    "<nothing>": {source: {kind: zero}}
                    "<unknown>": {}
                    "Ġ13": {source: {kind: model_token, model: sort, token: "Ġ12"}, force: true}
                    "Ġ12": {source: sort}
                """);
        JsonNode tokenizer = json(aligned, "tokenizer.json");
        List<String> tokens = tokens(tokenizer);
        assertThat(tokens.subList(720, tokens.size())).containsExactly("<new>", "<nothing>",
                "<numbered>", "<unknown>", "<|im_end|>", "<|im_start|>");
        for (String model : models.keySet()) {
            Tensor rows = aligned(aligned, model);
            assertThat(rows.info().shape()).containsExactly(750L, 128L);
            assertThat(row(rows, tokens.indexOf("<new>"))).isEqualTo(original("sort", "zq"));
            assertThat(row(rows, tokens.indexOf("<nothing>"))).containsOnly(0);
            assertThat(row(rows, tokens.indexOf("<unknown>"))).containsOnly(0);
            assertThat(row(rows, tokens.indexOf("<numbered>")))
                    .isEqualTo(row(original("chat"), 100));
            assertThat(row(rows, tokens.indexOf("<|im_end|>")))
                    .isEqualTo(original("sort", "<|im_end|>"));
            assertThat(row(rows, tokens.indexOf("<|im_start|>")))
                    .isEqualTo(original("chat", "<|im_start|>"));
            assertThat(row(rows, tokens.indexOf("Ġ13"))).isEqualTo(original("sort", "Ġ12"));
            assertThat(row(rows, tokens.indexOf("Ġ12"))).isEqualTo(original(model, "Ġ12"));
            short[] padding = mean(
                    IntStream.range(0, tokens.size()).mapToObj(id -> row(rows, id)).toList());
            for (int id = tokens.size(); id < 750; id++) {
                assertThat(row(rows, id)).isEqualTo(padding);
            }
        }
        // What a model calls special stays special, what only the recipe names is not.
        for (JsonNode added : tokenizer.path("added_tokens")) {
            assertThat(added.path("special").asBoolean()).as(added.toString())
                    .isEqualTo(!List.of("<new>", "<nothing>", "<numbered>", "<unknown>")
                            .contains(added.path("content").asText()));
        }
        assertThat(Objects.requireNonNull(aligned.parents().get("base"))
                .config()
                .path("vocab_size")
                .asInt()).isEqualTo(750);
    }

    @Test
    void rowsThatDoNotExistAreRefused() throws Exception {
        writeThree();
        for (String source : List.of("base", "{kind: model_token, model: base, token: nothing}",
                "{kind: model_token, model: base, token_id: 720}")) {
            assertThatThrownBy(() -> align(
                    "tokenizer: {source: base, tokens: {\"<x>\": {source: " + source + "}}}"))
                    .isInstanceOfSatisfying(MergeException.class, e -> assertThat(e.kind())
                            .isEqualTo(MergeException.Kind.VOCABULARY))
                    .hasMessageContaining("'<x>'")
                    .hasMessageContaining("'base'");
        }
    }

    /** As mergekit's own test: 64 and 66 tokens, one more without a row, make 66, or padded 80. */
    @Test
    void tokensWithoutARowAreNotPartOfAUnion() throws Exception {
        var first = VocabularyModel.of("base", 1);
        first.drop(first.tokens().subList(64, 722).toArray(String[]::new));
        write("base", first);
        for (String name : List.of("chat", "sort")) {
            var more = VocabularyModel.of("chat-ja", 2);
            more.drop(more.tokens().subList(64, 722).toArray(String[]::new));
            write(name, more.special("<|im_start|>").special("<|im_end|>"));
            Path file = folder.resolve(name).resolve("tokenizer.json");
            VocabularyModel.text(file, more.special("UNUSED").document().toString());
        }
        AlignedModels aligned = align("tokenizer_source: union\n");
        assertThat(tokens(json(aligned, "tokenizer.json"))).hasSize(66)
                .endsWith("<|im_start|>", "<|im_end|>")
                .doesNotContain("UNUSED");
        AlignedModels padded = align("tokenizer: {source: union, pad_to_multiple_of: 16}\n");
        assertThat(aligned(padded, "base").info().shape()).containsExactly(80L, 128L);
        assertThat(tokens(json(padded, "tokenizer.json"))).hasSize(66);
    }

    @Test
    void addedTokensThatTheFileListsApartKeepTheirIds() throws Exception {
        write("base", VocabularyModel.of("base", 1).special("<a>").listAddedTokensApart());
        write("chat", VocabularyModel.of("chat-ja", 2).piece("z", "q"));
        write("sort", VocabularyModel.of("sort-en", 3));
        List<String> tokens = tokens(json(align("tokenizer_source: union\n"), "tokenizer.json"));
        assertThat(tokens.indexOf("<a>")).isEqualTo(722);
        assertThat(tokens.indexOf("zq")).isEqualTo(723);
    }

    @Test
    void headsFollowTheEmbeddingsAndTiedOnesPart() throws Exception {
        write("base", VocabularyModel.of("base", 1));
        write("chat", VocabularyModel.of("chat-ja", 2).special("<a>").shuffle(3).untied());
        write("sort", VocabularyModel.of("sort-en", 3));
        AlignedModels aligned = align("tokenizer_source: union\n");
        Tensor head = Objects.requireNonNull(aligned.parents().get("base"))
                .tensor(VocabularyModel.HEAD);
        assertThat(row(head, 20)).isEqualTo(row(original("base"), 20));
        int id = id("chat", "<a>");
        Tensor chat = Objects.requireNonNull(models.get("chat")).tensor(VocabularyModel.HEAD);
        assertThat(row(head, 722)).isEqualTo(row(chat, id))
                .isNotEqualTo(row(aligned(aligned, "base"), 722));
        assertThat(row(aligned(aligned, "base"), 722)).isEqualTo(original("chat", "<a>"));
        assertThat(Objects.requireNonNull(aligned.parents().get("base"))
                .config()
                .path("tie_word_embeddings")
                .asBoolean(true)).isFalse();
    }

    @Test
    void withoutSettingsOneVocabularyIsRequired() throws Exception {
        writeThree();
        assertThatThrownBy(() -> align("")).isInstanceOf(MergeException.class)
                .hasMessageContaining("differ")
                .hasMessageContaining("tokenizer_source: union");
    }

    @Test
    void withoutSettingsAnIdMustNotStandForTwoTokens() throws Exception {
        write("base", VocabularyModel.of("base", 1));
        write("chat", VocabularyModel.of("chat-ja", 2).shuffle(3));
        write("sort", VocabularyModel.of("sort-en", 3));
        assertThatThrownBy(() -> align("")).isInstanceOf(MergeException.class)
                .hasMessageContaining("'base' and 'chat'")
                .hasMessageContaining("the id 3 stands for");
    }

    @Test
    void withoutSettingsAModelMayHaveTokensWhereOthersHaveNone() throws Exception {
        write("base", VocabularyModel.of("base", 1).spare(2));
        write("chat", VocabularyModel.of("chat-ja", 2).special("<a>").spare(1));
        write("sort", VocabularyModel.of("sort-en", 3).spare(2));
        AlignedModels aligned = align("");
        assertThat(aligned.parents()).isEqualTo(models);
        assertThat(aligned.companions()).isEqualTo(ModelCompanions.of(folder.resolve("base")));
    }

    /** Embeddings of different sizes are cut before they are compared. */
    @Test
    void withoutSettingsTheTokenizerOfTheOutputMustNotNameRowsThatAreCut() throws Exception {
        write("base", VocabularyModel.of("base", 1));
        write("chat", VocabularyModel.of("chat-ja", 2).special("<a>"));
        write("sort", VocabularyModel.of("sort-en", 3));
        try (Parents cut = Parents.open(recipe(""), folder::resolve, null);
                AlignedModels aligned = AlignedModels.of(recipe(""), cut.checkpoints(),
                        folder::resolve)) {
            assertThat(aligned(aligned, "chat").info().shape()).containsExactly(722L, 128L);
        }
        write("base", VocabularyModel.of("base", 1).special("<a>"));
        try (Parents cut = Parents.open(recipe(""), folder::resolve, null)) {
            assertThatThrownBy(
                    () -> AlignedModels.of(recipe(""), cut.checkpoints(), folder::resolve))
                    .isInstanceOf(MergeException.class)
                    .hasMessageContaining("only 722 embedding rows")
                    .hasMessageContaining("'base' has 1 tokens more");
        }
    }

    @Test
    void fingerprintsFollowTheContent() throws Exception {
        writeThree();
        String digest = digest("tokenizer_source: union\n");
        assertThat(digest("tokenizer_source: union\n")).isEqualTo(digest);
        assertThat(digest("tokenizer_source: base\n")).isNotEqualTo(digest);
        models.put("sort", VocabularyModel.of("sort-en", 4)
                .piece("z", "q")
                .piece("zq", "x")
                .special("<|im_end|>")
                .write(folder.resolve("other")));
        assertThat(digest("tokenizer_source: union\n")).isNotEqualTo(digest);
    }

    private String digest(String settings) throws Exception {
        return Objects.requireNonNull(align(settings).parents().get("base")).digest();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tk_corrupt", "tk_missing", "tk_unknown_model"})
    void brokenTokenizersAreRefused(String name) throws Exception {
        writeThree();
        models.put("chat",
                Checkpoint.open(Path.of("src/test/resources/golden/bad").resolve(name)));
        assertThatThrownBy(() -> align("tokenizer_source: union\n"))
                .isInstanceOfSatisfying(CheckpointException.class, e -> {
                    assertThat(e.kind()).isEqualTo(CheckpointException.Kind.TOKENIZER);
                    assertThat(e).hasMessageContaining("tokenizer.json");
                });
    }
}
