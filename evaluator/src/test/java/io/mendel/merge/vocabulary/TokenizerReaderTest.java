package io.mendel.merge.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerReaderTest {

    @TempDir
    private Path folder;

    private ModelTokenizer read(String document) throws Exception {
        VocabularyModel.text(folder.resolve("tokenizer.json"), document);
        return TokenizerReader.read("m", folder, 1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{\"model\": null}", "{\"model\": {\"type\": \"CFG\"}}",
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {}}}",
        "{\"model\": {\"type\": \"BPE\", \"vocab\": [], \"merges\": []}}",
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}, \"merges\": []}}",
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1.5}, \"merges\": []}}",
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 3000000000}, \"merges\": []}}",
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1, \"a\": 2}, \"merges\": []}}",
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1, \"b\": 1}, \"merges\": []}}",
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1}, \"merges\": [\"a\"]}}",
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1}, \"merges\": [\"a b c\"]}}",
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1}, \"merges\": [[\"a\"]]}}",
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"\\ud800\": 1}, \"merges\": []}}",
        "{\"model\": {\"type\": \"Unigram\", \"vocab\": {\"a\": 1}}}",
        "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\"]]}}",
        "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\", -1], [\"a\", -2]]}}",
        "{\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"a\": 1}}, \"added_tokens\": 1}",
        "{\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"a\": 1}}, \"added_tokens\": [{}]}",
        "{\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"a\": 1}},"
                + " \"added_tokens\": [{\"id\": 2, \"content\": \"a\"}]}",
        "{\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"a\": 1}},"
                + " \"added_tokens\": [{\"id\": 1, \"content\": \"b\"}]}"})
    void malformedFilesAreRefused(String document) {
        assertThatThrownBy(() -> read(document)).isInstanceOfSatisfying(CheckpointException.class,
                e -> {
                    assertThat(e.kind()).isEqualTo(Kind.TOKENIZER);
                    assertThat(e.path()).isEqualTo(folder.resolve("tokenizer.json"));
                });
    }

    @Test
    void deepNestingAndLinksOutOfTheFolderAreRefused() throws Exception {
        assertThatThrownBy(() -> read("{\"a\":".repeat(100_000)))
                .isInstanceOf(CheckpointException.class);
        Path outside = Files.createDirectory(folder.resolve("model"));
        VocabularyModel.text(folder.resolve("tokenizer.json"),
                "{\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"a\": 1}}}");
        Files.createSymbolicLink(outside.resolve("tokenizer.json"),
                folder.resolve("tokenizer.json"));
        assertThatThrownBy(() -> TokenizerReader.read("m", outside, 10))
                .isInstanceOfSatisfying(CheckpointException.class,
                        e -> assertThat(e.kind()).isEqualTo(Kind.PATH_ESCAPE));
    }

    @Test
    void filesOfOldVersionsDoNotNameTheType() throws Exception {
        assertThat(read("{\"model\": {\"vocab\": {\"a\": 0}, \"merges\": [\"a a\"]}}").subwords())
                .isInstanceOf(BytePairModel.class);
        assertThat(read("{\"model\": {\"vocab\": [[\"a\", -1.5]]}}").subwords())
                .isInstanceOf(UnigramModel.class);
        assertThat(read("{\"model\": {\"vocab\": {}, \"max_input_chars_per_word\": 9}}").subwords()
                .type()).isEqualTo(WordModel.WORD_PIECE);
        assertThat(read("{\"model\": {\"vocab\": {\"a\": 0}}}").subwords().type())
                .isEqualTo(WordModel.WORD_LEVEL);
    }

    @Test
    void addedTokensAlsoStandInTheOlderFiles() throws Exception {
        VocabularyModel.text(folder.resolve("tokenizer_config.json"), """
                {"added_tokens_decoder": {
                  "2": {"content": "<b>", "special": true, "lstrip": true},
                  "0": {"content": "a", "special": false}}}
                """);
        VocabularyModel.text(folder.resolve("added_tokens.json"), "{\"<d>\": 4, \"<c>\": 3}");
        VocabularyModel.text(folder.resolve("special_tokens_map.json"),
                "{\"pad_token\": {\"content\": \"<c>\"}}");
        ModelTokenizer tokenizer = read("""
                {"model": {"type": "WordLevel", "vocab": {"a": 0, "<a>": 1}},
                 "added_tokens": [{"id": 1, "content": "<a>", "special": true}]}
                """);
        assertThat(tokenizer.ids().keySet()).containsExactly("a", "<a>", "<b>", "<c>", "<d>");
        assertThat(tokenizer.added().keySet()).containsExactly("a", "<a>", "<b>", "<c>", "<d>");
        assertThat(added(tokenizer, "<b>").strippedLeft()).isTrue();
        assertThat(added(tokenizer, "<c>").special()).isTrue();
        assertThat(added(tokenizer, "<d>").special()).isFalse();
        assertThat(added(tokenizer, "<d>").normalized()).isTrue();
        VocabularyModel.text(folder.resolve("added_tokens.json"), "{\"<a>\": 4, \"<e>\": 1}");
        assertThatThrownBy(() -> TokenizerReader.read("m", folder, 10))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(
                        "The id 1 stands for two tokens, '<a>' and in added_tokens.json '<e>'");
    }

    private static AddedToken added(ModelTokenizer tokenizer, String token) {
        return Objects.requireNonNull(tokenizer.added().get(token), token);
    }

    @Test
    void tokensWithoutARowAreDropped() throws Exception {
        VocabularyModel.text(folder.resolve("tokenizer.json"),
                "{\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"a\": 0, \"b\": 7, \"c\": 8}}}");
        ModelTokenizer tokenizer = TokenizerReader.read("m", folder, 8);
        assertThat(tokenizer.tokens()).containsOnlyKeys(0, 7);
        assertThat(tokenizer.dropped()).isEqualTo(1);
    }
}
