package io.mendel.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.space.OutputTokenizer.Embedding;
import io.mendel.space.OutputTokenizer.Source;
import io.mendel.space.OutputTokenizer.Token;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputTokenizerTest {

    private static final String PLAIN = """
            merge_method: linear
            models:
            - {model: a, parameters: {weight: 1}}
            - {model: b, parameters: {weight: 1}}
            """;

    private static Recipe read(String keys) throws DocumentException {
        return MergekitReader.read(PLAIN + keys, "test");
    }

    @Test
    void tokensAndPaddingAreRead() throws DocumentException {
        Recipe recipe = read("""
                tokenizer:
                  source: union
                  tokens:
                    <a>: {source: b}
                    <b>: {source: {kind: model_token, model: c, token_id: 3}, force: true}
                    <c>: {source: {kind: model_token, model: a, token: "<d>"}}
                    <e>: {source: {kind: zero}}
                    <f>: {}
                  pad_to_multiple_of: 64
                """);

        assertThat(recipe.tokenizer()).isEqualTo(new OutputTokenizer(new Source.Union(),
                new TreeMap<>(Map.of("<a>", new Token(new Embedding.OfModel("b"), false), "<b>",
                        new Token(new Embedding.OfToken("c", null, 3), true), "<c>",
                        new Token(new Embedding.OfToken("a", "<d>", null), false), "<e>",
                        new Token(new Embedding.Zero(), false), "<f>", new Token(null, false))),
                64));
        assertThat(recipe.models()).containsExactly("a", "b");
        assertThat(Objects.requireNonNull(recipe.tokenizer()).models()).containsExactly("b", "c",
                "a");
        assertThat(MergekitReader.read(MergekitWriter.write(recipe), "written")).isEqualTo(recipe);
        assertThat(MergekitReader.read(recipe.canonicalJson(), "canonical")).isEqualTo(recipe);
    }

    @ParameterizedTest
    @ValueSource(strings = {"union", "base", "some/model"})
    void theShortAndTheLongSpellingAreOneRecipe(String source) throws DocumentException {
        Recipe recipe = read("tokenizer_source: " + source);

        assertThat(read("tokenizer: {source: " + source + "}").digest())
                .isEqualTo(recipe.digest())
                .isNotEqualTo(read("").digest());
        assertThat(MergekitReader.read(MergekitWriter.write(recipe), "written")).isEqualTo(recipe);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "chatml",
        "'{% for m in messages %}{{ m.content }}\n{% endfor %}'"})
    void chatTemplatesAreReadBack(String template) throws DocumentException {
        Recipe recipe = read("chat_template: " + template);

        assertThat(recipe.chatTemplate()).isNotNull();
        assertThat(MergekitReader.read(MergekitWriter.write(recipe), "written")).isEqualTo(recipe);
        assertThat(MergekitReader.read(recipe.canonicalJson(), "canonical")).isEqualTo(recipe);
    }

    @Test
    void withoutTokenizerTheDigestIsTheOldOne() throws DocumentException {
        assertThat(read("").canonicalJson()).isEqualTo(
                """
                        {"merge_method":"linear","slices":[{"sources":[{"model":"a","parameters":{"weight":1.0}},\
                        {"model":"b","parameters":{"weight":1.0}}]}]}""");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {tokenizer_source: union, tokenizer: {source: base}}               | exclude each other
            {tokenizer: {}}                                                    | tokenizer.source: this key is required
            {tokenizer: {source: union, pad_to: 3}}                            | unknown key 'pad_to'
            {tokenizer: {source: union, pad_to_multiple_of: 0}}                | a whole number from 1
            {tokenizer: {source: union, tokens: {x: {force: true}}}}           | needs a 'source'
            {tokenizer: {source: union, tokens: {x: {source: {kind: zeros}}}}} | Did you mean 'zero'?
            {tokenizer: {source: union, tokens: {x: {source: {kind: model_token, model: a}}}}} | exactly one of 'token' and 'token_id'
            {tokenizer: {source: union, tokens: {x: y}}}                       | a mapping with 'source'
            {chat_template: chatlm}                                            | Did you mean 'chatml'?
            """)
    void mistakesAreNamed(String keys, String message) {
        String text = "{merge_method: linear, models: [{model: a}], " + keys.strip().substring(1);

        assertThatThrownBy(() -> MergekitReader.read(text, "bad.yaml"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining(message.strip());
    }
}
