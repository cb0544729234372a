package io.mendel.results.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.results.CampaignContents;
import io.mendel.results.CampaignState;
import io.mendel.results.DemoCampaign;
import io.mendel.results.Scores;
import io.mendel.results.Winner;
import io.mendel.space.LayerRange;
import io.mendel.space.LayerStacks;
import io.mendel.space.MergeMethods;
import io.mendel.space.ParameterValue;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportWriterTest {
    static Stream<String> samples() {
        return ReportSamples.all().keySet().stream();
    }

    private static String html(String sample) {
        return ReportWriter.html(Objects.requireNonNull(ReportSamples.all().get(sample)));
    }

    /** The page as XML, style and scripts left out; fails if an element is not closed or a name not escaped. */
    private static Document parsed(String html) throws Exception {
        var xml = html.replace("<!doctype html>", "")
                .replaceAll("<meta [^>]*>", "")
                .replace(" hidden>", ">")
                .replaceAll("(?s)<(style|script)[^>]*>.*?</\\1>", "");
        assertThat(xml).doesNotContain("NaN\"").doesNotContain(">NaN<").doesNotContain("Infinity");
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml)));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void reportIsWellFormedAndSelfContained(String sample) throws Exception {
        var html = html(sample);
        var elements = parsed(html).getElementsByTagName("*");
        assertThat(elements.getLength()).isGreaterThan(30);
        for (int i = 0; i < elements.getLength(); i++) {
            var element = elements.item(i);
            assertThat(element.getNodeName()).isNotIn("link", "iframe", "img", "image", "use",
                    "object", "embed", "base", "form");
            for (int j = 0; j < element.getAttributes().getLength(); j++) {
                assertThat(element.getAttributes().item(j).getNodeName())
                        .isNotIn("src", "srcset", "href", "xlink:href", "action",
                                "background")
                        .doesNotStartWith("on");
            }
        }
        assertThat(html).contains("default-src 'none'")
                .doesNotContain("@import")
                .doesNotContain("url(")
                .doesNotContain("fetch(");
    }

    @Test
    void hostileNamesAreShownNotRun() {
        var html = html("hostile");
        assertThat(html.split("<script", -1)).hasSize(3);
        assertThat(html.split("</script", -1)).hasSize(3);
        assertThat(html).doesNotContain("<img")
                .doesNotContain("onerror=\"")
                .contains("&lt;/script&gt;&lt;script&gt;alert(&#39;x&#39;)")
                .contains("\\u003c/script\\u003e");
    }

    @Test
    void resultSentenceComparesWithTheBestParentOnTheTestItems() {
        assertThat(html("full")).contains(
                "On test items that the search never saw, the winner scores <b class=\"win\">0.715 ± 0.012</b>")
                .contains(
                        "the best parent, <b>chat-ja</b>, scores <b>0.405 ± 0.012</b>. The merge is better by <b>0.310</b>.");
        assertThat(html("one")).contains("is within the noise of these items");
        assertThat(html("empty")).contains("No candidate has been evaluated yet.");
        assertThat(html("failed"))
                .contains("5 candidates have been evaluated, 0 of them with scores.")
                .contains("out of memory");
    }

    @Test
    void searchScoresOfTheWinnerAreCalledFlattering() {
        var contents = DemoCampaign.contents(100, 3, true);
        var early = new CampaignContents(contents.info(), false, contents.candidates(),
                contents.evaluations(),
                contents.history(), contents.baselines(),
                new Winner(97, Scores.none(), Scores.none()), contents.elapsed());
        assertThat(ReportWriter.html(new ReportData(early, CampaignState.RUNNING, List.of(97L), 1,
                DemoCampaign::mean, null)))
                .contains("On the search items")
                .contains("so this flatters it");
    }

    @Test
    void bestOfEachColumnIsBold() {
        var html = html("full");
        assertThat(html).contains("<b>0.715</b>")
                .contains("<b>0.742</b>")
                .doesNotContain("<b>0.703</b>");
    }

    @Test
    void everyCandidateOfTheArchiveIsInTheTable() {
        var html = html("full");
        for (long id : DemoCampaign.archive(DemoCampaign.contents(300, 3, true))) {
            assertThat(html).containsPattern("<tr[^>]* data-id=\"" + id + "\">");
        }
        assertThat(html).contains("NaN in the logits of layer 4")
                .contains("merge_method: dare_ties");
    }

    @Test
    void pathsAreDrawnInThePageAndInAFileOfTheirOwn(@TempDir Path directory) throws IOException {
        ReportData data = ReportSamples.paths(60, 7);
        ReportWriter.write(data, directory.resolve("report.html"));

        String html = Files.readString(directory.resolve("report.html"));
        String svg = Files.readString(directory.resolve(ReportWriter.PATHS));
        for (String picture : List.of(html, svg)) {
            assertThat(picture).contains("★ winner ", "A  models/chat-ja", "B  models/math-en",
                    "<title>step 1: ").containsPattern("candidate \\d+");
            for (long id : data.archive()) {
                assertThat(picture).contains(" " + id + "</text>");
            }
        }
        assertThat(html).contains("<h2>Paths</h2>", "Paths in words");
        assertThat(svg).startsWith("<svg xmlns=").contains("prefers-color-scheme");
        assertThat(html("full")).doesNotContain("<h2>Paths</h2>");
    }

    @Test
    void barsAreAsHighAsScalesAndCutIntoShares() {
        Recipe recipe = new Recipe(MergeMethods.LINEAR, null,
                List.of(Slice.of(List.of(source("x", 2, 1))),
                        Slice.of(List.of(source("x", 3, 0.75), source("y", 1, 0.25)))),
                new TreeMap<>(), null, null, 0).withScales(List.of(1.0, 0.5));
        LayerPath path = Objects.requireNonNull(LayerPath.of(recipe.canonicalJson()));

        assertThat(path.steps()).containsExactly(
                new LayerPath.Step(1, List.of(new LayerPath.Part("x", 2, 1))),
                new LayerPath.Step(0.5, List.of(new LayerPath.Part("x", 3, 0.75),
                        new LayerPath.Part("y", 1, 0.25))));
        assertThat(path.text(List.of("x", "y"))).isEqualTo("A2 A3+B1×0.50");
        Recipe stack = LayerStacks.depthUpscale("x", 6, 2);
        assertThat(Objects.requireNonNull(LayerPath.of(stack.canonicalJson())).text(List.of("x")))
                .isEqualTo("A0–A3 A2–A5");
        assertThat(LayerPath.of(Recipe.identity("x").canonicalJson())).isNull();
        assertThat(LayerPath.of("no recipe")).isNull();
    }

    private static Source source(String model, int layer, double weight) {
        return new Source(model, new LayerRange(layer, layer + 1),
                new TreeMap<>(Map.of("weight", ParameterValue.of(weight))));
    }

    @Test
    void sameDataGiveTheSameBytes(@TempDir Path directory) throws IOException {
        var file = directory.resolve("report.html");
        Files.writeString(file, "old");
        ReportWriter.write(ReportSamples.full(50, 3), file);
        var first = Files.readString(file);
        ReportWriter.write(ReportSamples.full(50, 3), file);
        assertThat(Files.readString(file)).isEqualTo(first).startsWith("<!doctype html>");
        assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
    }
}
