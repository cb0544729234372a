package io.mendel.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.campaign.CampaignSpec;
import io.mendel.campaign.CampaignSummary;
import io.mendel.results.Baseline;
import io.mendel.results.CampaignContents;
import io.mendel.results.Candidate;
import io.mendel.results.Outcome;
import io.mendel.space.MergekitWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A campaign as the JSON documents that the page reads; numbers that are not known are null. */
final class CampaignJson {

    private final CampaignSummary summary;
    private final CampaignContents contents;
    private final Set<Long> archive;

    CampaignJson(CampaignSummary summary) {
        this.summary = summary;
        this.contents = summary.contents();
        this.archive = new HashSet<>(summary.memberIds());
    }

    /** The document of {@code mendel status --json} and what it takes to draw it. */
    ObjectNode status() {
        ObjectNode root = summary.status().toJson();
        CampaignSpec.Budget budget = summary.spec().budget();
        root.putObject("budget")
                .put("evaluations", budget.evaluations())
                .put("generations", budget.generations())
                .put("minutes", budget.minutes())
                .put("stagnation", budget.stagnation());
        root.put("main", contents.info().main()).put("waiting", summary.waiting());
        var objectives = root.putArray("objectives");
        contents.info()
                .objectives()
                .forEach(objective -> objectives.addObject()
                        .put("name", objective.name())
                        .put("direction", objective.direction().name().toLowerCase(Locale.ROOT))
                        .put("task", objective.task())
                        .put("metric", objective.metric()));
        var genes = root.putArray("genes");
        contents.info().genes().forEach(genes::add);
        var history = root.putArray("history");
        contents.history()
                .forEach(generation -> put(put(history.addObject()
                        .put("generation", generation.generation())
                        .put("evaluations", generation.evaluations()), "hypervolume",
                        generation.hypervolume()), "best_main", generation.bestMain()));
        List<Baseline> baselines = contents.baselines();
        for (int i = 0; i < baselines.size(); i++) {
            put((ObjectNode) root.get("baselines").get(i), "main",
                    summary.main(baselines.get(i).objectives()));
        }
        return root;
    }

    /** All candidates in a few words each, into a root object. */
    void candidates(ObjectNode root) {
        var rows = root.putArray("candidates");
        contents.candidates().forEach(candidate -> write(candidate, rows.addObject()));
    }

    /** Everything about one candidate. */
    void candidate(Candidate candidate, ObjectNode root) {
        write(candidate, root);
        root.put("recipe", MergekitWriter.write(summary.recipe(candidate.id())));
        ObjectNode scores = root.putObject("scores");
        Outcome.Finished finished = contents.finished(candidate);
        if (finished != null) {
            finished.scores()
                    .tasks()
                    .forEach((task, metrics) -> write(metrics, scores.putObject(task)));
        }
    }

    private void write(Candidate candidate, ObjectNode node) {
        Outcome outcome = contents.outcome(candidate);
        SortedMap<String, Double> objectives = outcome instanceof Outcome.Finished finished
                ? finished.objectives()
                : new TreeMap<>();
        node.put("id", candidate.id())
                .put("generation", candidate.generation())
                .put("origin", candidate.origin())
                .put("recipe_digest", candidate.recipeDigest())
                .put("archive", archive.contains(candidate.id()))
                .put("evaluated", outcome != null)
                .put("failure", outcome instanceof Outcome.Failed failed ? failed.reason() : null)
                .put("raced", outcome instanceof Outcome.Raced raced ? raced.text() : null);
        put(node, "main", summary.main(objectives));
        write(objectives, node.putObject("objectives"));
        var genes = node.putArray("genes");
        candidate.genes().forEach(genes::add);
    }

    private static void write(SortedMap<String, Double> values, ObjectNode node) {
        values.forEach((name, value) -> put(node, name, value));
    }

    private static ObjectNode put(ObjectNode node, String name, double value) {
        return node.put(name, Double.isFinite(value) ? value : null);
    }
}
