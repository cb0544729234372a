package io.mendel.merge.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.merge.MergeException;
import io.mendel.space.OutputTokenizer;
import io.mendel.space.OutputTokenizer.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unions of small tokenizers of all kinds. */
class OutputVocabularyTest {

    @TempDir
    private Path folder;

    private OutputVocabulary union(String... documents) throws Exception {
        var models = new ArrayList<ModelTokenizer>();
        for (String document : documents) {
            Path directory = folder.resolve("m" + models.size());
            VocabularyModel.text(directory.resolve("tokenizer.json"), document);
            models.add(TokenizerReader.read("m" + models.size(), directory, 100));
        }
        return OutputVocabulary.of(OutputTokenizer.of(new Source.Union()), models.getFirst(),
                models);
    }

    private void assertRefused(String reason, String... documents) {
        assertThatThrownBy(() -> union(documents))
                .isInstanceOfSatisfying(MergeException.class, e -> assertThat(e.kind())
                        .isEqualTo(MergeException.Kind.VOCABULARY))
                .hasMessageContaining("'m1'")
                .hasMessageContaining(reason)
                .hasMessageContaining("tokenizer_source: base");
    }

    @Test
    void wordPiecesAreASet() throws Exception {
        JsonNode document = union("""
                {"version": "1.0", "model": {"type": "WordPiece", "unk_token": "[UNK]",
                 "vocab": {"[UNK]": 0, "a": 1, "##b": 2}, "continuing_subword_prefix": "##"},
                 "added_tokens": [{"id": 0, "content": "[UNK]", "special": true}], "decoder": null}
                """, """
                {"model": {"type": "WordPiece", "continuing_subword_prefix": "##",
                 "vocab": {"##c": 0, "b": 1, "a": 2, "<x>": 3}},
                 "added_tokens": [{"id": 3, "content": "<x>"}]}
                """).document();
        assertThat(document.toString()).isEqualTo(
                """
                        {"version":"1.0","model":{"type":"WordPiece","unk_token":"[UNK]",\
                        "vocab":{"[UNK]":0,"a":1,"##b":2,"##c":3,"b":4,"<x>":5},\
                        "continuing_subword_prefix":"##"},\
                        "added_tokens":[{"id":0,"content":"[UNK]","single_word":false,"lstrip":false,\
                        "rstrip":false,"normalized":false,"special":true},\
                        {"id":5,"content":"<x>","single_word":false,"lstrip":false,\
                        "rstrip":false,"normalized":true,"special":false}],"decoder":null}""");
    }

    @Test
    void theFirstModelThatHasATokenSaysWhatItIs() throws Exception {
        JsonNode document = union("""
                {"model": {"type": "WordLevel", "vocab": {"a": 0}}}
                """, """
                {"model": {"type": "WordLevel", "vocab": {"x": 0, "y": 1, "z": 2}},
                 "added_tokens": [{"id": 0, "content": "x", "special": true},
                                  {"id": 2, "content": "z", "special": true}]}
                """, """
                {"model": {"type": "WordLevel", "vocab": {"a": 0, "x": 1, "y": 2, "w": 3}},
                 "added_tokens": [{"id": 0, "content": "a"}, {"id": 2, "content": "y"},
                                  {"id": 1, "content": "x", "special": false}]}
                """).document();
        assertThat(document.at("/model/vocab")).hasToString(
                "{\"a\":0,\"y\":1,\"w\":2,\"x\":3,\"z\":4}");
        assertThat(document.path("added_tokens").findValuesAsText("content"))
                .containsExactly("x", "z");
        assertThat(document.at("/added_tokens/0/special").asBoolean()).isTrue();
    }

    private static String bytePairs(String vocab, String merges, String rest) {
        return "{\"model\": {\"type\": \"BPE\", \"vocab\": {" + vocab + "}, \"merges\": [" + merges
                + "]" + rest + "}}";
    }

    @Test
    void mergesKeepTheSpellingOfTheFirstFileUntilAPieceHasASpace() throws Exception {
        String first = bytePairs("\"a\": 0, \"b\": 1, \"ab\": 2", "\"a b\"", "");
        String second = bytePairs("\"a\": 0, \"b\": 1, \"ba\": 2", "[\"b\", \"a\"]", "");
        String spaced = bytePairs("\"a\": 0, \" \": 1, \" a\": 2", "[\" \", \"a\"]", "");
        assertThat(union(first, second).document().at("/model/merges"))
                .hasToString("[\"a b\",\"b a\"]");
        assertThat(union(first, spaced).document().at("/model/merges"))
                .hasToString("[[\"a\",\"b\"],[\" \",\"a\"]]");
        assertThat(union(first, second, second).tokens().values()).containsExactly("a", "b", "ab",
                "ba");
    }

    @Test
    void prefixesOfContinuationsAreNotPartOfTheResult() throws Exception {
        String rest = ", \"continuing_subword_prefix\": \"##\"";
        assertThat(union(bytePairs("\"a\": 0, \"##b\": 1", "", rest),
                bytePairs("\"a\": 0, \"##b\": 1, \"ab\": 2", "[\"a\", \"##b\"]", rest)).document()
                .at("/model/merges")).hasToString("[[\"a\",\"##b\"]]");
    }

    @Test
    void aUnigramModelLearnsAddedTokensOnly() throws Exception {
        String first = "{\"model\": {\"type\": \"Unigram\", \"unk_id\": 0, \"vocab\": [[\"<unk>\", 0.0], [\"a\", -1.25]]}}";
        JsonNode document = union(first,
                """
                        {"model": {"type": "Unigram", "vocab": [["a", -9]]},
                         "added_tokens": [{"id": 1, "content": "<x>", "special": true}]}
                        """)
                .document();
        assertThat(document.at("/model/vocab"))
                .hasToString("[[\"<unk>\",0.0],[\"a\",-1.25],[\"<x>\",0.0]]");
        assertRefused("scores of another language model", first,
                "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\", -9], [\"b\", -9]]}}");
    }

    @Test
    void piecesThatMeanSomethingElseAreRefused() {
        String pairs = bytePairs("\"a\": 0", "", "");
        String words = "{\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"w\": 0}}}";
        String pieces = "{\"model\": {\"type\": \"WordPiece\", \"vocab\": {\"b\": 0}, \"continuing_subword_prefix\": \"##\"}}";
        assertRefused("it splits text by WordLevel, not by BPE", pairs, words);
        assertRefused("it splits text by WordLevel, not by WordPiece", pieces, words);
        assertRefused("end_of_word_suffix", pairs,
                bytePairs("\"b\": 0", "", ", \"end_of_word_suffix\": \"</w>\""));
        assertRefused("continuing_subword_prefix", pieces,
                pieces.replace("##", "@@").replace("\"b\"", "\"c\""));
        assertRefused("the alphabet of bytes", pairs, bytePairs("\"b\": 0", "", "").replaceFirst(
                "\\{",
                "{\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"ByteLevel\"}]},"));
    }

    @Test
    void nothingNewIsNeverRefused() throws Exception {
        List<String> tokens = List.copyOf(union(bytePairs("\"a\": 0", "", ""),
                "{\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"a\": 5}}}").tokens()
                .values());
        assertThat(tokens).containsExactly("a");
    }
}
