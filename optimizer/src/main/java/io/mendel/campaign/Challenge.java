package io.mendel.campaign;

import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Outcome;
import io.mendel.results.PairedTest;
import io.mendel.results.store.StoreException;
import io.mendel.space.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * What a path must show to take the place of the merged model it grew from.
 *
 * <p>
 * The path is the best of many that were tried on the same items, and their best is ahead by luck even if none of them
 * is better. Validation items alone are too few to take that luck away, and a path that only looks better costs what the
 * first stage has gained. So both are compared item by item on search and validation items together, and the gain must
 * be {@linkplain PairedGain#beyondLuckOf beyond luck} of as many paths.
 */
final class Challenge {

    private final Goals goals;
    private final Evaluations evaluations;
    private final List<ItemRole> roles;

    /**
     * A challenge that nobody has made.
     *
     * @param evaluations where the scores of all items are
     * @param validate whether there are validation items
     */
    Challenge(Goals goals, Evaluations evaluations, boolean validate) {
        this.goals = goals;
        this.evaluations = evaluations;
        this.roles = validate
                ? List.of(ItemRole.SEARCH, ItemRole.VALIDATION)
                : List.of(ItemRole.SEARCH);
    }

    /**
     * The challenger's gain, or null if the main objective is not made of means over items.
     *
     * @param challenger a recipe
     * @param incumbent another one
     */
    @Nullable
    PairedGain gain(Recipe challenger, Recipe incumbent) throws StoppedException, StoreException {
        var first = outcomes(challenger);
        var second = outcomes(incumbent);
        if (first.size() < roles.size() || second.size() < roles.size()) {
            return null;
        }
        var parts = new ArrayList<PairedGain.Part>();
        for (ObjectiveDefinition objective : goals.objectives()) {
            if (goals.main().objectives().contains(objective.name())) {
                var pairs = pairs(objective, first, second);
                if (pairs == null) {
                    return null;
                }
                parts.add(
                        new PairedGain.Part(Objects.requireNonNull(objective.task()), pairs));
            }
        }
        return PairedGain.of(parts, goals.main().rule());
    }

    private static PairedTest.@Nullable Pairs pairs(ObjectiveDefinition objective,
            List<Outcome.Finished> first, List<Outcome.Finished> second) {
        var ours = DoubleStream.empty();
        var theirs = DoubleStream.empty();
        for (int i = 0; i < first.size(); i++) {
            var pairs = objective.task() == null
                    ? null
                    : Comparisons.pairs(first.get(i), second.get(i),
                            Objects.requireNonNull(objective.task()), objective.metric());
            if (pairs == null) {
                return null;
            }
            ours = DoubleStream.concat(ours, Arrays.stream(pairs.first()));
            theirs = DoubleStream.concat(theirs, Arrays.stream(pairs.second()));
        }
        return new PairedTest.Pairs(ours.map(objective.direction()::maximized).toArray(),
                theirs.map(objective.direction()::maximized).toArray());
    }

    /** What a recipe scored, on as many of the item sets as it could be scored on. */
    private List<Outcome.Finished> outcomes(Recipe recipe)
            throws StoppedException, StoreException {
        var outcomes = new ArrayList<Outcome.Finished>();
        for (ItemRole role : roles) {
            evaluations.of(List.of(recipe), role, _ -> {
            });
            var finished = evaluations.finished(recipe, role);
            if (finished != null) {
                outcomes.add(finished);
            }
        }
        return outcomes;
    }
}
