package io.mendel.search;

import io.mendel.results.pareto.NonDominatedSorting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How candidates stand to each other under constraints: first the fronts of those that meet them, then the others one by
 * one, the less they miss the better (constraint domination of K. Deb et al., NSGA-II, 2002).
 */
final class Standing {
    private Standing() {}

    /**
     * The fronts, best first.
     *
     * @param population candidates that did not fail
     */
    static List<List<Scored>> fronts(List<Scored> population) {
        var feasible = population.stream().filter(scored -> scored.violation() == 0).toList();
        var fronts = new ArrayList<List<Scored>>();
        for (int[] front : NonDominatedSorting
                .fronts(feasible.stream().map(Scored::objectives).toList())) {
            var members = new ArrayList<Scored>();
            for (int member : front) {
                members.add(feasible.get(member));
            }
            fronts.add(members);
        }
        population.stream()
                .filter(scored -> scored.violation() > 0)
                .sorted(Comparator.comparingDouble(Scored::violation))
                .forEach(scored -> fronts.add(List.of(scored)));
        return fronts;
    }
}
