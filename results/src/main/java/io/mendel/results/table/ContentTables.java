package io.mendel.results.table;

import io.mendel.results.CampaignContents;
import io.mendel.results.Candidate;
import io.mendel.results.MainScore;
import io.mendel.results.Outcome;
import io.mendel.results.Scores;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.ToDoubleFunction;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** The tables made of what is held in memory. */
final class ContentTables {
    private final CampaignContents contents;
    private final Set<Long> archive;
    private final MainScore main;

    ContentTables(CampaignContents contents, Set<Long> archive, MainScore main) {
        this.contents = contents;
        this.archive = archive;
        this.main = main;
    }

    Table candidates() {
        var winner = contents.winner();
        var id = LongColumn.create("id");
        var generation = IntColumn.create("generation");
        var index = IntColumn.create("index");
        var origin = StringColumn.create("origin");
        var digest = StringColumn.create("recipe_digest");
        var state = StringColumn.create("state");
        var reason = StringColumn.create("reason");
        var inArchive = BooleanColumn.create("archive");
        var won = BooleanColumn.create("winner");
        for (var candidate : contents.candidates()) {
            id.append(candidate.id());
            generation.append(candidate.generation());
            index.append(candidate.index());
            origin.append(candidate.origin());
            digest.append(candidate.recipeDigest());
            state.append(switch (contents.outcome(candidate)) {
                case null -> "waiting";
                case Outcome.Finished _ -> "finished";
                case Outcome.Raced _ -> "raced";
                case Outcome.Failed _ -> "failed";
            });
            reason.append(switch (contents.outcome(candidate)) {
                case Outcome.Failed(var why) -> why;
                case Outcome.Raced raced -> raced.text();
                case Outcome.Finished _ -> "";
                case null -> "";
            });
            inArchive.append(archive.contains(candidate.id()));
            won.append(winner != null && winner.candidate() == candidate.id());
        }
        var table = Table.create("candidates", id, generation, index, origin, digest, state, reason,
                inArchive, won);
        table.addColumns(numbers("seconds", this::seconds), numbers("main", candidate -> {
            var finished = contents.finished(candidate);
            return finished == null ? Double.NaN : main.of(finished.objectives());
        }));
        for (var objective : contents.info().objectives()) {
            table.addColumns(numbers("objective:" + objective.name(), candidate -> {
                var finished = contents.finished(candidate);
                return finished == null
                        ? Double.NaN
                        : finished.objectives().getOrDefault(objective.name(), Double.NaN);
            }));
        }
        int genes = contents.candidates()
                .stream()
                .mapToInt(candidate -> candidate.genes().size())
                .max()
                .orElse(0);
        for (int i = 0; i < genes; i++) {
            int gene = i;
            // The number keeps the columns apart if two genes share a name.
            var name = i < contents.info().genes().size()
                    ? ":" + contents.info().genes().get(i)
                    : "";
            table.addColumns(numbers("gene" + i + name,
                    candidate -> gene < candidate.genes().size()
                            ? candidate.genes().get(gene)
                            : Double.NaN));
        }
        return table;
    }

    private double seconds(Candidate candidate) {
        var evaluation = contents.evaluations().get(candidate.recipeDigest());
        return evaluation == null ? Double.NaN : evaluation.seconds();
    }

    private DoubleColumn numbers(String name, ToDoubleFunction<Candidate> value) {
        return DoubleColumn.create(name, contents.candidates().stream().mapToDouble(value));
    }

    Table evaluations() {
        var id = LongColumn.create("candidate");
        var metrics = new MetricColumns();
        for (var candidate : contents.candidates()) {
            var finished = contents.finished(candidate);
            if (finished != null) {
                metrics.append(finished.scores(), () -> id.append(candidate.id()));
            }
        }
        return Table.create("evaluations", id).addColumns(metrics.columns());
    }

    Table history() {
        var history = contents.history();
        return Table.create("history",
                IntColumn.create("generation",
                        history.stream().mapToInt(summary -> summary.generation())),
                IntColumn.create("evaluations",
                        history.stream().mapToInt(summary -> summary.evaluations())),
                DoubleColumn.create("hypervolume",
                        history.stream().mapToDouble(summary -> summary.hypervolume())),
                DoubleColumn.create("best_main",
                        history.stream().mapToDouble(summary -> summary.bestMain())));
    }

    Table baselines() {
        var name = StringColumn.create("name");
        var kind = StringColumn.create("kind");
        var items = StringColumn.create("items");
        var metrics = new MetricColumns();
        for (var baseline : contents.baselines()) {
            var sort = baseline.kind().name().toLowerCase(Locale.ROOT);
            metrics.append(baseline.search(),
                    () -> label(name, baseline.name(), kind, sort, items, "search"));
            metrics.append(objectives(baseline.objectives()),
                    () -> label(name, baseline.name(), kind, sort, items, "search"));
            metrics.append(baseline.heldOut(),
                    () -> label(name, baseline.name(), kind, sort, items, "held_out"));
        }
        var winner = contents.winner();
        if (winner != null) {
            var candidate = contents.candidate(winner.candidate());
            var finished = candidate == null ? null : contents.finished(candidate);
            if (finished != null) {
                metrics.append(finished.scores(),
                        () -> label(name, "winner", kind, "winner", items, "search"));
                metrics.append(objectives(finished.objectives()),
                        () -> label(name, "winner", kind, "winner", items, "search"));
            }
            metrics.append(winner.validation(),
                    () -> label(name, "winner", kind, "winner", items, "validation"));
            metrics.append(winner.heldOut(),
                    () -> label(name, "winner", kind, "winner", items, "held_out"));
        }
        return Table.create("baselines", name, kind, items).addColumns(metrics.columns());
    }

    private static Scores objectives(SortedMap<String, Double> objectives) {
        return objectives.isEmpty() ? Scores.none() : Scores.of(Map.of("objective", objectives));
    }

    private static void label(StringColumn name, String its, StringColumn kind, String sort,
            StringColumn items,
            String which) {
        name.append(its);
        kind.append(sort);
        items.append(which);
    }
}
