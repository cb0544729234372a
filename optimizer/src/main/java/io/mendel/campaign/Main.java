package io.mendel.campaign;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How one number is made of the objectives, larger being better: the mean or the smallest of some of them.
 *
 * @param rule mean or min
 * @param objectives names of objectives, at least one
 * @since 0.1
 */
public record Main(Rule rule, List<String> objectives) {

    /** How the objectives are combined. */
    public enum Rule {
        MEAN, MIN
    }

    public Main {
        objectives = List.copyOf(objectives);
        if (objectives.isEmpty()) {
            throw new IllegalArgumentException("The main objective needs at least one objective.");
        }
    }

    /**
     * The main objective of a candidate.
     *
     * @param maximized each objective's value, negated where less is better
     */
    double of(Map<String, Double> maximized) {
        var values = objectives.stream()
                .mapToDouble(name -> maximized.getOrDefault(name, Double.NaN));
        return switch (rule) {
            case MEAN -> values.sum() / objectives.size();
            case MIN -> values.min().orElse(Double.NaN);
        };
    }

    /** For people, such as {@code mean of know, arith}. */
    String text() {
        String names = String.join(", ", objectives);
        return objectives.size() == 1
                ? names
                : rule.name().toLowerCase(Locale.ROOT) + " of " + names;
    }
}
