package io.mendel.results.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.results.Candidate;
import io.mendel.results.DemoCampaign;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableWriterTest {
    @TempDir
    Path directory;

    private List<String> lines(String table) throws IOException {
        return Files.readAllLines(directory.resolve("tables").resolve(table));
    }

    private void write(int count) throws IOException, StoreException {
        var expected = DemoCampaign.contents(count, 3, true);
        try (var store = CampaignStore.start(directory, expected.info())) {
            store.recordItemSet(CampaignStore.SEARCH_ITEMS, DemoCampaign.ITEMS);
            var candidates = new ArrayList<>(expected.candidates());
            candidates.add(new Candidate(1000, 90, 0, "a \"quoted\", ünïcode 名前\norigin",
                    List.of(0.25), "{}", "waiting"));
            store.recordCandidates(candidates);
            for (var candidate : expected.candidates()) {
                store.record(DemoCampaign.evaluation(candidate, 3, true));
            }
            for (var summary : expected.history()) {
                store.record(summary);
            }
            for (var baseline : expected.baselines()) {
                store.record(baseline);
            }
            var winner = expected.winner();
            if (winner != null) {
                store.record(winner);
            }
            var files = TableWriter.write(store, store.contents(), DemoCampaign.archive(expected),
                    DemoCampaign::mean,
                    directory.resolve("tables"), true);
            assertThat(files).extracting(file -> file.getFileName().toString())
                    .containsExactly("candidates.csv",
                            "evaluations.csv", "history.csv", "baselines.csv", "items.csv");
            assertThat(directory.resolve("tables")).isDirectoryNotContaining("glob:**.tmp");
        }
    }

    @Test
    void candidatesHaveObjectivesAndGenes() throws Exception {
        write(50);
        var lines = lines("candidates.csv");
        assertThat(lines.getFirst()).startsWith(
                "id,generation,index,origin,recipe_digest,state,reason,archive,winner,seconds,main,objective:know,"
                        + "objective:arith,objective:order,gene0:math-en.weight[embed],gene1:math-en.weight[0]");
        var contents = DemoCampaign.contents(50, 3, true);
        var first = contents.candidates().getFirst();
        var cells = lines.get(1).split(",", -1);
        assertThat(cells).hasSize(14 + 21)
                .startsWith("0", "0", "0", "uniform", first.recipeDigest(), "finished", "");
        assertThat(Double.parseDouble(cells[14])).isEqualTo(first.genes().getFirst());
        var finished = Objects.requireNonNull(contents.finished(first));
        assertThat(Double.parseDouble(cells[11])).isEqualTo(finished.objectives().get("know"));
        assertThat(Double.parseDouble(cells[10]))
                .isEqualTo(DemoCampaign.mean(finished.objectives()));
        assertThat(lines.get(41))
                .contains(",failed,NaN in the logits of layer 4,false,false,1.5,,,,,");
        assertThat(String.join("\n", lines))
                .contains(
                        "\"a \"\"quoted\"\", ünïcode 名前\norigin\",waiting,waiting,,false,false,,,")
                .endsWith(",0.25" + ",".repeat(20));
    }

    @Test
    void metricsAndItemsAreInLongForm() throws Exception {
        write(50);
        var evaluations = lines("evaluations.csv");
        assertThat(evaluations.getFirst()).isEqualTo("candidate,task,metric,value,stderr");
        assertThat(evaluations).hasSize(1 + 49 * 3 * 2);
        assertThat(evaluations.get(1)).startsWith("0,arith_en,acc,0.28125,0.0");
        assertThat(evaluations.get(2)).matches("0,arith_en,choice_probability,0\\.\\d+,");
        var items = lines("items.csv");
        assertThat(items).hasSize(1 + 49 * 3 * 3)
                .startsWith("candidate,task,metric,doc_id,score", "0,arith_en,acc,3,1.0",
                        "0,arith_en,acc,5,0.0");
    }

    @Test
    void historyAndBaselinesAreComplete() throws Exception {
        write(50);
        assertThat(lines("history.csv")).hasSize(3)
                .first()
                .isEqualTo("generation,evaluations,hypervolume,best_main");
        assertThat(lines("history.csv").get(1)).startsWith("0,24,0.");
        assertThat(lines("baselines.csv")).first()
                .isEqualTo("name,kind,items,task,metric,value,stderr");
        assertThat(lines("baselines.csv")).contains("chat-ja,parent,search,objective,know,0.703,")
                .anyMatch(line -> line
                        .startsWith("\"ties, density 0.5\",recipe,held_out,know_ja,acc,0.512,0.0"))
                .anyMatch(
                        line -> line.startsWith("winner,winner,validation,order_en,acc,0.702,0.0"));
    }

    @Test
    void itemsAreWrittenIfAskedForAndRenewedWhereTheyAre() throws Exception {
        write(0);
        Path tables = directory.resolve("tables");
        Path items = tables.resolve("items.csv");
        Files.writeString(items, "old");
        try (var store = CampaignStore.read(directory)) {
            TableWriter.write(store, store.contents(), List.of(), DemoCampaign::mean, tables,
                    false);
            assertThat(lines("items.csv")).containsExactly("candidate,task,metric,doc_id,score");
            Files.delete(items);
            TableWriter.write(store, store.contents(), List.of(), DemoCampaign::mean, tables,
                    false);
        }
        assertThat(items).doesNotExist();
    }

    @Test
    void emptyCampaignHasHeadersOnly() throws Exception {
        write(0);
        assertThat(lines("evaluations.csv")).containsExactly("candidate,task,metric,value,stderr");
        assertThat(lines("items.csv")).hasSize(1);
        assertThat(lines("history.csv")).hasSize(1);
        assertThat(lines("baselines.csv")).hasSize(1);
    }
}
