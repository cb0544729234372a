package io.mendel.campaign;

import io.mendel.results.ItemScores;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Outcome;
import io.mendel.results.Scores;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides between two parts of the items whether a candidate is clearly worse than a rival.
 *
 * <p>
 * The rivals were known before the generation began, so a decision depends on the candidate and its items alone, not on
 * who else is under way. Candidate and rival are compared item by item. With the main objective that is one number; the
 * candidate is given up if {@code mean difference + z·standard error < 0} on the items so far. With several objectives it
 * must hold in each of them: the rival dominates the candidate. {@code z = √(2·ln(n/0.1))} bounds the normal tail (H.
 * Chernoff, 1952) for the n decisions that one candidate may meet, and the standard error is that of a sample from a
 * finite set, {@code s/√k·√(1 − k/N)}, since what is foreseen is the score on all N items.
 *
 * <p>
 * What is told of a candidate that was given up is the rival's score on all items plus the mean difference on those
 * scored by both: less noise than the plain mean, and always below the rival.
 */
final class Race {

    /** No rival, nobody is given up. */
    static final Race NONE = new Race(null, false, null, List.of());

    /** Probability of giving up a candidate that would have come out as good as the rival. */
    private static final double LEVEL = 0.1;

    private final @Nullable Goals goals;
    private final boolean single;
    private final @Nullable ItemParts parts;
    private final List<Rival> rivals;

    /**
     * Somebody to beat.
     *
     * @param objectives on all items, all to be maximised
     * @param items for each objective the scores of the single items, to be maximised; none for a property of the model
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Rival(double[] objectives, double[][] items) {}

    /**
     * A candidate that was given up.
     *
     * @param parts how many parts of the items it was scored on
     * @param objectives its estimated objectives on all items, all to be maximised
     * @param items the scores of all items of all objectives, one objective after another; those not scored are estimated
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Verdict(int parts, double[] objectives, double[] items) {}

    private Race(@Nullable Goals goals, boolean single, @Nullable ItemParts parts,
            List<Rival> rivals) {
        this.goals = goals;
        this.single = single;
        this.parts = parts;
        this.rivals = List.copyOf(rivals);
    }

    /**
     * A race.
     *
     * @param single whether only the main objective counts
     * @param parts the items
     * @param rivals whom candidates are compared with
     */
    static Race against(List<Rival> rivals, Goals goals, boolean single, ItemParts parts) {
        return rivals.isEmpty() || parts.count() == 1
                ? NONE
                : new Race(goals, single, parts, rivals);
    }

    /** Whether anybody can be given up. */
    boolean isOn() {
        return parts != null;
    }

    /** The objectives whose items are compared. */
    List<ObjectiveDefinition> objectives() {
        return goals == null ? List.of() : goals.objectives();
    }

    /**
     * The verdict after some parts, or null if the candidate goes on.
     *
     * @param done how many parts were scored, fewer than there are
     * @param measured the objectives as measured, of which properties of the model are read
     * @param items the scores of single items, at least those of the parts that were scored
     */
    @Nullable
    Verdict verdict(int done, SortedMap<String, Double> measured, List<ItemScores> items) {
        if (goals == null || parts == null) {
            return null;
        }
        double z = Math.sqrt(
                2 * StrictMath.log((parts.count() - 1) * rivals.size() / LEVEL));
        double[][] own = values(goals, items);
        for (Rival rival : rivals) {
            var differences = new Differences(goals, parts, done, measured, own, rival);
            if (single ? differences.mainIsBelow(z) : differences.allAreBelow(z)) {
                return new Verdict(done, differences.estimates(), differences.items());
            }
        }
        return null;
    }

    /** The verdict on what an evaluation has shown, however far it went; null if the candidate would have gone on. */
    @Nullable
    Verdict verdict(Outcome.Raced raced) {
        return verdict(raced.objectives(), raced.items());
    }

    private @Nullable Verdict verdict(SortedMap<String, Double> measured,
            List<ItemScores> items) {
        int most = parts == null ? 0 : parts.count() - 1;
        for (int done = 1; done <= most && reaches(items, done); done++) {
            Verdict verdict = verdict(done, measured, items);
            if (verdict != null) {
                return verdict;
            }
        }
        return null;
    }

    private boolean reaches(List<ItemScores> items, int done) {
        return parts != null && !items.isEmpty()
                && items.stream()
                        .allMatch(one -> one.count() >= parts.items(one.task(), done));
    }

    /**
     * What would have come of a recipe in this race, given what is known of it.
     *
     * @param known a former outcome of the recipe on these items
     * @param items what is known of single items, in the metrics of the objectives
     * @return null if it would have gone on to items that are not known
     */
    @Nullable
    Outcome replay(Outcome known, List<ItemScores> items) {
        SortedMap<String, Double> measured = switch (known) {
            case Outcome.Finished finished -> finished.objectives();
            case Outcome.Raced raced -> raced.objectives();
            case Outcome.Failed _ -> new TreeMap<>();
        };
        Verdict verdict = verdict(measured, items);
        if (verdict != null) {
            return raced(verdict.parts(), measured, items);
        }
        return known instanceof Outcome.Raced ? null : known;
    }

    /** The outcome with only those scores of single items that {@link #verdict(Outcome.Raced)} reads. */
    Outcome.Raced withObjectivesOnly(Outcome.Raced raced) {
        var read = raced.items()
                .stream()
                .filter(one -> objectives().stream()
                        .anyMatch(objective -> one.task().equals(objective.task())
                                && one.metric().equals(objective.metric())))
                .toList();
        return new Outcome.Raced(raced.objectives(), raced.scores(), read, raced.scored(),
                raced.of());
    }

    /** The outcome of a candidate that was given up after some parts, of which more may be known. */
    private Outcome.Raced raced(int done, SortedMap<String, Double> measured,
            List<ItemScores> items) {
        if (parts == null || goals == null) {
            throw new IllegalStateException("Nobody is given up where nobody races.");
        }
        ItemParts all = parts;
        var cut = items.stream().map(one -> {
            int count = all.items(one.task(), done);
            return new ItemScores(one.task(), one.metric(), Arrays.copyOf(one.docIds(), count),
                    Arrays.copyOf(one.scores(), count));
        }).toList();
        var objectives = new TreeMap<String, Double>();
        for (ObjectiveDefinition objective : goals.objectives()) {
            if (objective.task() == null) {
                Double value = measured.get(objective.name());
                if (value != null) {
                    objectives.put(objective.name(), value);
                }
            } else {
                ItemScores one = ItemScores.find(cut, objective.task(), objective.metric());
                if (one != null) {
                    objectives.put(objective.name(),
                            Arrays.stream(one.scores()).average().orElseThrow());
                }
            }
        }
        return new Outcome.Raced(objectives, Scores.none(), cut, all.items(done),
                all.items(all.count()));
    }

    /** For each objective the scores of single items, all to be maximised; none for properties of the model. */
    static double[][] values(Goals goals, List<ItemScores> items) {
        return goals.objectives().stream().map(objective -> {
            ItemScores one = ItemScores.find(items, objective.task(), objective.metric());
            return one == null
                    ? new double[0]
                    : Arrays.stream(one.scores()).map(objective.direction()::maximized).toArray();
        }).toArray(double[][]::new);
    }
}
