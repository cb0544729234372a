package io.mendel.benchmark.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.benchmark.python.None;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Expected texts and errors: src/test/resources/benchmark/jinja.json, which names its origin. */
class TemplateTest {

    private static JsonNode golden() throws IOException {
        return new ObjectMapper()
                .readTree(Path.of("src/test/resources/benchmark/jinja.json").toFile());
    }

    static Stream<Arguments> cases() throws IOException {
        JsonNode golden = golden();
        Map<String, Object> doc = new LinkedHashMap<>();
        golden.get("doc")
                .properties()
                .forEach(entry -> doc.put(entry.getKey(), value(entry.getValue())));
        return golden.get("cases")
                .valueStream()
                .map(c -> Arguments.of(c.get("template").asText(),
                        c.hasNonNull("result") ? c.get("result").asText() : "ERROR", doc));
    }

    private static Object value(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                node.properties()
                        .forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
                yield map;
            }
            case ARRAY -> {
                List<Object> list = new ArrayList<>();
                node.forEach(element -> list.add(value(element)));
                yield list;
            }
            case NUMBER ->
                node.isIntegralNumber() ? (Object) node.longValue() : (Object) node.doubleValue();
            case BOOLEAN -> node.booleanValue();
            case STRING -> node.textValue();
            default -> None.NONE;
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rendersAsJinja2(String source, String expected, Map<String, Object> doc)
            throws TemplateException {
        if (expected.equals("ERROR")) {
            assertThatExceptionOfType(TemplateException.class)
                    .isThrownBy(() -> Template.parse(source).render(doc));
        } else {
            assertThat(Template.parse(source).render(doc)).isEqualTo(expected);
        }
    }

    @Test
    void singleExpressionsGiveTheirValue() throws TemplateException {
        assertThat(Template.parse("{{ words[1:] }}").evaluate(Map.of("words", List.of("a", "b"))))
                .isEqualTo(List.of("b"));
        assertThat(Template.parse("{{ n }} ").evaluate(Map.of("n", 3L))).isEqualTo("3 ");
        assertThat(Template.parse("{{ n }}").evaluate(Map.of("n", 3L))).isEqualTo(3L);
    }

    @Test
    void errorsKnowTheirPosition() {
        assertThatThrownBy(() -> Template.parse("ab {{ x $ }}")).isInstanceOfSatisfying(
                TemplateException.class,
                e -> assertThat(e.offset()).isEqualTo(8));
        assertThatThrownBy(() -> Template.parse("ab {{ x.y }}").render(Map.of()))
                .isInstanceOfSatisfying(TemplateException.class, e -> {
                    assertThat(e.offset()).isEqualTo(6);
                    assertThat(e.undefined()).isTrue();
                });
    }

    @Test
    void deepNestingIsRefusedInBoundedTime() {
        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(() -> Template.parse("{{ " + "(".repeat(100_000)));
        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(() -> Template.parse("{% if x %}".repeat(100_000)));
        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(() -> Template.parse("{{ " + "-".repeat(100_000) + "1 }}"));
        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(() -> Template.parse(
                        "{% for a in range(99999) %}{% for b in range(99999) %}xxxxxxxxxxxxxxxx{% endfor %}"
                                + "{% endfor %}")
                        .render(Map.of()));
    }
}
