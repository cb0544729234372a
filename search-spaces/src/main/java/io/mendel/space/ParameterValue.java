package io.mendel.space;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A merge parameter that may depend on the tensor's name and on its depth, as in mergekit.
 *
 * <p>
 * Rules are tried in order; the first whose filter is a substring of the tensor's name gives the value. Flags are
 * written as 0 and 1.
 *
 * @param rules at least one
 * @since 0.1
 */
public record ParameterValue(List<Rule> rules) {

    /**
     * One rule.
     *
     * @param filter substring of the tensor names it applies to; null for all
     * @param gradient values interpolated linearly over the depth, at least one, all finite; equal values are one value
     */
    public record Rule(@Nullable String filter, List<Double> gradient) {
        public Rule {
            if (gradient.isEmpty()) {
                throw new IllegalArgumentException("A gradient needs at least one value.");
            }
            for (double value : gradient) {
                if (!Double.isFinite(value)) {
                    throw new IllegalArgumentException(
                            "A parameter value must be finite, not " + value + ".");
                }
            }
            boolean constant = gradient.stream().distinct().count() == 1;
            gradient = constant ? List.of(gradient.getFirst()) : List.copyOf(gradient);
        }

        double at(double depth) {
            double place = depth * (gradient.size() - 1);
            // Layer i of L lies on knot i of L exactly; i/(L-1)*(L-1) may miss it by one ulp.
            int knot = (int) Math.rint(place);
            if (Math.abs(place - knot) < 1e-9) {
                return gradient.get(knot);
            }
            int left = (int) Math.floor(place);
            double share = place - left;
            return (1 - share) * gradient.get(left) + share * gradient.get(left + 1);
        }
    }

    public ParameterValue {
        rules = List.copyOf(rules);
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("A parameter value needs at least one rule.");
        }
    }

    /** The same value everywhere. */
    public static ParameterValue of(double value) {
        return new ParameterValue(List.of(new Rule(null, List.of(value))));
    }

    /** Values interpolated over the depth. */
    public static ParameterValue gradient(List<Double> values) {
        return new ParameterValue(List.of(new Rule(null, values)));
    }

    /** The values of this parameter, and where none applies, those of another. */
    ParameterValue orElse(ParameterValue other) {
        var all = new ArrayList<>(rules);
        all.addAll(other.rules);
        return new ParameterValue(all);
    }

    /**
     * The value for a tensor, or empty if no rule applies.
     *
     * @param tensor the tensor's name
     * @param depth place of its layer in the output slice, 0 (first) to 1 (last); 0 outside the layers
     */
    public OptionalDouble at(String tensor, double depth) {
        for (Rule rule : rules) {
            if (rule.filter == null || tensor.contains(rule.filter)) {
                return OptionalDouble.of(rule.at(depth));
            }
        }
        return OptionalDouble.empty();
    }
}
