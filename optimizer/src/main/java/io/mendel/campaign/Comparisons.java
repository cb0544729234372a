package io.mendel.campaign;

import io.mendel.results.Baseline;
import io.mendel.results.CampaignContents;
import io.mendel.results.Comparison;
import io.mendel.results.Evaluation;
import io.mendel.results.EvaluationKey;
import io.mendel.results.ItemScores;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Outcome;
import io.mendel.results.PairedTest;
import io.mendel.results.Scores;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tests the winner against the best parent and against random search on the held-out items, item by item. */
final class Comparisons {

    private final CampaignStore store;
    private final CampaignContents contents;
    private final Goals goals;

    private Comparisons(CampaignStore store, CampaignContents contents, Goals goals) {
        this.store = store;
        this.contents = contents;
        this.goals = goals;
    }

    /** The comparisons that the store has the scores for; none before the held-out test. */
    static List<Comparison> of(CampaignStore store, CampaignContents contents, Goals goals)
            throws StoreException {
        return new Comparisons(store, contents, goals).all();
    }

    private List<Comparison> all() throws StoreException {
        var winner = contents.winner();
        String test = store.itemSets().get(ItemRole.TEST.key());
        var candidate = winner == null ? null : contents.candidate(winner.candidate());
        var own = candidate == null || test == null ? null : find(candidate.recipeDigest(), test);
        var comparisons = new ArrayList<Comparison>();
        if (own != null) {
            for (Baseline rival : rivals()) {
                var other = find(rival.heldOut(), Objects.requireNonNull(test));
                Comparison comparison = other == null ? null : compare(rival.name(), own, other);
                if (comparison != null) {
                    comparisons.add(comparison);
                }
            }
        }
        return comparisons;
    }

    /** The parent that does best on the held-out items, and random search. */
    private List<Baseline> rivals() {
        var rivals = new ArrayList<Baseline>();
        contents.baselines()
                .stream()
                .filter(b -> b.kind() == Baseline.Kind.PARENT && !b.heldOut().isEmpty())
                .max(Comparator.comparingDouble(b -> heldOut(b.heldOut())))
                .ifPresent(rivals::add);
        contents.baselines()
                .stream()
                .filter(b -> b.kind() == Baseline.Kind.RANDOM && !b.heldOut().isEmpty())
                .forEach(rivals::add);
        return rivals;
    }

    private double heldOut(Scores scores) {
        var values = new TreeMap<String, Double>();
        for (ObjectiveDefinition objective : goals.objectives()) {
            String task = objective.task();
            values.put(objective.name(),
                    task == null ? Double.NaN : scores.value(task, objective.metric()));
        }
        double main = goals.main(values);
        return Double.isNaN(main) ? Double.NEGATIVE_INFINITY : main;
    }

    private Outcome.@Nullable Finished find(String recipeDigest, String items)
            throws StoreException {
        Evaluation evaluation = store
                .find(new EvaluationKey(recipeDigest, items, store.info().settingsDigest()));
        return evaluation != null && evaluation.outcome() instanceof Outcome.Finished finished
                ? finished
                : null;
    }

    /** A baseline's recipe is not stored with it, but its scores lead to the evaluation they came from. */
    private Outcome.@Nullable Finished find(Scores heldOut, String items) throws StoreException {
        for (var entry : store.evaluations(items).entrySet()) {
            if (entry.getValue().outcome() instanceof Outcome.Finished finished
                    && finished.scores().equals(heldOut)) {
                return find(entry.getKey(), items);
            }
        }
        return null;
    }

    /** The comparison, or null if the main score is not made of means over items. */
    private @Nullable Comparison compare(String name, Outcome.Finished own,
            Outcome.Finished other) {
        var used = goals.objectives()
                .stream()
                .filter(o -> goals.main().objectives().contains(o.name()))
                .toList();
        var pairs = new ArrayList<PairedTest.Pairs>();
        for (ObjectiveDefinition objective : used) {
            PairedTest.Pairs scores = objective.task() == null
                    ? null
                    : pairs(own, other, objective.task(), objective.metric());
            if (scores == null) {
                return null;
            }
            pairs.add(scores);
        }
        var main = PairedTest.of(pairs, means -> {
            var values = new TreeMap<String, Double>();
            for (int i = 0; i < means.length; i++) {
                values.put(used.get(i).name(), means[i]);
            }
            return goals.main(values);
        });
        var accuracy = new TreeMap<String, Comparison.Discordance>();
        for (ObjectiveDefinition objective : used) {
            String task = Objects.requireNonNull(objective.task());
            PairedTest.Pairs right = pairs(own, other, task, "acc");
            if (right != null) {
                accuracy.put(task, new Comparison.Discordance(
                        more(right.first(), right.second()), more(right.second(), right.first())));
            }
        }
        return new Comparison(name, main, accuracy);
    }

    private static int more(double[] a, double[] b) {
        int count = 0;
        for (int i = 0; i < a.length; i++) {
            count += a[i] > b[i] ? 1 : 0;
        }
        return count;
    }

    /** Both models' scores of a metric that is the mean over items; null if it is not, or was not measured. */
    static PairedTest.@Nullable Pairs pairs(Outcome.Finished own, Outcome.Finished other,
            String task, String metric) {
        ItemScores first = ItemScores.find(own.items(), task, metric);
        ItemScores second = ItemScores.find(other.items(), task, metric);
        boolean means = first != null && second != null
                && Arrays.equals(first.docIds(), second.docIds())
                && isMean(first, own.scores().value(task, metric))
                && isMean(second, other.scores().value(task, metric));
        return means
                ? new PairedTest.Pairs(Objects.requireNonNull(first).scores(),
                        Objects.requireNonNull(second).scores())
                : null;
    }

    private static boolean isMean(ItemScores items, double value) {
        double mean = Arrays.stream(items.scores()).average().orElse(Double.NaN);
        return Math.abs(mean - value) < 1e-9;
    }
}
