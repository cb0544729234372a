package io.mendel.merge.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.merge.ModelCompanions;
import io.mendel.merge.ModelCompanions.Content;
import io.mendel.space.ChatTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateChoiceTest {

    private static final ChatTemplate AUTO = ChatTemplate.of("auto");

    @TempDir
    private Path folder;

    private Path model(String name, String file, String content) throws Exception {
        Path directory = Files.createDirectories(folder.resolve(name));
        VocabularyModel.text(directory.resolve(file), content);
        return directory;
    }

    private Path jinja(String name, String template) throws Exception {
        return model(name, "chat_template.jinja", template);
    }

    @Test
    void theMostCommonTemplateWinsAndTheFirstOfEquals() throws Exception {
        Path a = jinja("a", "{{ 1 }}");
        Path b = jinja("b", "{{ 2 }}");
        Path c = jinja("c", "{{ 2 }}");
        Path none = Files.createDirectories(folder.resolve("none"));
        assertThat(TemplateChoice.text(AUTO, List.of(a, b, none, c))).isEqualTo("{{ 2 }}");
        assertThat(TemplateChoice.text(AUTO, List.of(a, b))).isEqualTo("{{ 1 }}");
        assertThat(TemplateChoice.text(AUTO, List.of(b, a))).isEqualTo("{{ 2 }}");
        assertThat(TemplateChoice.text(AUTO, List.of(none))).isNull();
    }

    @Test
    void templatesStandInSeveralPlaces() throws Exception {
        Path config = model("config", "tokenizer_config.json", "{\"chat_template\": \"{{ 3 }}\"}");
        Path named = model("named", "tokenizer_config.json",
                """
                        {"chat_template": [{"name": "tool_use", "template": "{{ 4 }}"},
                                           {"name": "default", "template": "{{ 5 }}"}]}
                        """);
        Path processor = model("processor", "chat_template.json",
                "{\"chat_template\": \"{{ 6 }}\"}");
        assertThat(TemplateChoice.of(config)).isEqualTo("{{ 3 }}");
        assertThat(TemplateChoice.of(named)).isEqualTo("{{ 5 }}");
        assertThat(TemplateChoice.of(processor)).isEqualTo("{{ 6 }}");
        assertThat(TemplateChoice.of(jinja("config", "{{ 7 }}"))).isEqualTo("{{ 7 }}");
    }

    @Test
    void aTemplateIsWrittenWhereTheDonorHasOne() throws Exception {
        Path donor = model("donor", "tokenizer_config.json",
                "{\"eos_token\": \"</s>\", \"chat_template\": \"{{ 3 }}\"}");
        model("donor", "chat_template.json", "{\"chat_template\": \"{{ 6 }}\"}");
        var files = TokenizerFiles.of(donor, donor);
        files.setTemplate("{{ new }}");
        ModelCompanions companions = files.build();
        assertThat(companions.files()).containsOnlyKeys("tokenizer_config.json",
                "chat_template.jinja");
        assertThat(companions.files().get("chat_template.jinja"))
                .isEqualTo(new Content.Text("{{ new }}"));
        assertThat(companions.files()
                .get("tokenizer_config.json")).isInstanceOfSatisfying(Content.Text.class,
                        text -> assertThat(text.text()).isEqualToIgnoringWhitespace(
                                "{\"eos_token\": \"</s>\", \"chat_template\": \"{{ new }}\"}"));
        Path plain = model("plain", "tokenizer_config.json", "{\"eos_token\": \"</s>\"}");
        var others = TokenizerFiles.of(plain, plain);
        others.setTemplate("{{ new }}");
        assertThat(others.build().files()).containsEntry("tokenizer_config.json",
                new Content.Copy(plain.resolve("tokenizer_config.json")));
        assertThat(new ObjectMapper().readTree(plain.resolve("tokenizer_config.json").toFile())
                .has("chat_template")).isFalse();
    }

    @Test
    void builtInTemplatesAreComplete() throws Exception {
        for (String name : ChatTemplate.BUILT_IN) {
            assertThat(TemplateChoice.text(ChatTemplate.of(name), List.of())).as(name)
                    .contains("messages");
        }
        assertThat(TemplateChoice.text(ChatTemplate.of("{{ messages[0]['content'] }}"), List.of()))
                .isEqualTo("{{ messages[0]['content'] }}");
    }
}
