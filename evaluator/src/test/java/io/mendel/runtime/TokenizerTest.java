package io.mendel.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {

    private static final Path BASE = GoldenFolder.DEMO.resolve("models/base");

    @TempDir
    private Path temporary;

    private Path copy(String settings) throws Exception {
        Files.copy(BASE.resolve("tokenizer.json"), temporary.resolve("tokenizer.json"));
        Files.writeString(temporary.resolve("tokenizer_config.json"), settings);
        return temporary;
    }

    @Test
    void longTextsAreNeitherTruncatedNorPadded() throws Exception {
        try (Tokenizer tokenizer = Tokenizer.open(BASE)) {
            int one = tokenizer.encode(" cups", false).length;
            assertThat(tokenizer.encode(" cups".repeat(5000), false)).hasSize(5000 * one);
        }
    }

    @Test
    void specialTokensComeFromTheSettings() throws Exception {
        try (Tokenizer tokenizer = Tokenizer.open(BASE)) {
            assertThat(tokenizer.bosToken()).isEqualTo("<s>");
            assertThat(tokenizer.bosId()).hasValue(1);
            assertThat(tokenizer.eosToken()).isEqualTo("</s>");
            assertThat(tokenizer.eosId()).hasValue(2);
            assertThat(tokenizer.modelMaxLength()).hasValue(128);
        }
    }

    @Test
    void specialTokensMayBeObjectsOrNullAndLengthsUnlimited() throws Exception {
        Path directory = copy("""
                {"bos_token": null, "eos_token": {"content": "</s>"}, "model_max_length": 1e30}""");
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThat(tokenizer.bosToken()).isNull();
            assertThat(tokenizer.bosId()).isEmpty();
            assertThat(tokenizer.eosId()).hasValue(2);
            assertThat(tokenizer.modelMaxLength()).isEmpty();
        }
    }

    @Test
    void spacesBeforePunctuationStayForBytePairsUnlessForced() throws Exception {
        Path directory = copy("{\"clean_up_tokenization_spaces\": true}");
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            int[] ids = tokenizer.encode("how many cups ?", true);
            assertThat(tokenizer.decode(ids, true)).isEqualTo("how many cups ?");
        }
        Files.writeString(directory.resolve("tokenizer_config.json"),
                """
                        {"clean_up_tokenization_spaces": true,
                         "clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output": true}""");
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThat(tokenizer.decode(tokenizer.encode("how many cups ?", true), true))
                    .isEqualTo("how many cups?");
        }
    }

    @Test
    void specialTokensAreKeptOnlyWhenAskedFor() throws Exception {
        try (Tokenizer tokenizer = Tokenizer.open(BASE)) {
            int[] ids = tokenizer.encode("cups", true);
            assertThat(tokenizer.decode(ids, false)).startsWith("<s>");
            assertThat(tokenizer.decode(ids, true)).isEqualTo("cups");
            assertThat(tokenizer.decode(new int[0], true)).isEmpty();
        }
    }

    @Test
    void anyTextCanBeEncoded() throws Exception {
        try (Tokenizer tokenizer = Tokenizer.open(BASE)) {
            assertThat(tokenizer.encode("", false)).isEmpty();
            assertThat(tokenizer.decode(tokenizer.encode("\0 𝄞 é", false), true)).isNotNull();
            assertThat(tokenizer.encode("lone \ud834 surrogate", true)).isNotEmpty();
        }
    }

    @Test
    void damagedSettingsAreRefused() throws Exception {
        Path directory = copy("[1, 2");
        assertThatThrownBy(() -> Tokenizer.open(directory).close())
                .isInstanceOfSatisfying(CheckpointException.class,
                        e -> assertThat(e.kind()).isEqualTo(Kind.TOKENIZER))
                .hasMessageContaining("tokenizer_config.json");
    }
}
