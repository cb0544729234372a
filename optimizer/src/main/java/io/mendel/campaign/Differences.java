package io.mendel.campaign;

import io.mendel.results.ObjectiveDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.IntStream;

/** How far a candidate is from a rival, item by item, on the items scored so far; above 0 where the candidate is better. */
final class Differences {

    private final Goals goals;
    private final Race.Rival rival;
    private final double[][] own;
    private final int[] scored;
    private final double[] means;
    private final double[] properties;

    /**
     * Differences.
     *
     * @param done how many parts were scored
     * @param measured properties of the candidate's model, as measured
     * @param own for each objective the candidate's items, of which there may be more than are looked at
     */
    Differences(Goals goals, ItemParts parts, int done, SortedMap<String, Double> measured,
            double[][] own, Race.Rival rival) {
        this.goals = goals;
        this.rival = rival;
        this.own = own;
        int objectives = goals.objectives().size();
        scored = new int[objectives];
        means = new double[objectives];
        properties = new double[objectives];
        for (int i = 0; i < objectives; i++) {
            ObjectiveDefinition objective = goals.objectives().get(i);
            String task = objective.task();
            if (task == null) {
                properties[i] = objective.direction()
                        .maximized(measured.getOrDefault(objective.name(), Double.NaN));
                means[i] = properties[i] - rival.objectives()[i];
            } else {
                scored[i] = parts.items(task, done);
                means[i] = Arrays.stream(of(i)).sum() / scored[i];
            }
        }
    }

    /** The differences of an objective's items. */
    private double[] of(int objective) {
        var differences = new double[scored[objective]];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = own[objective][i] - rival.items()[objective][i];
        }
        return differences;
    }

    private boolean isProperty(int objective) {
        return goals.objectives().get(objective).task() == null;
    }

    /** Whether the main objective on all items is below the rival's, as far as one can tell. */
    boolean mainIsBelow(double z) {
        return switch (goals.main().rule()) {
            case MEAN -> meanIsBelow(z);
            case MIN -> leastIsBelow(z);
        };
    }

    private boolean meanIsBelow(double z) {
        var sums = new TaskSums();
        Map<String, Integer> all = new HashMap<>();
        double fixed = 0;
        int count = goals.main().objectives().size();
        for (int i : inMain()) {
            if (isProperty(i)) {
                fixed += means[i] / count;
                continue;
            }
            String task = Objects.requireNonNull(goals.objectives().get(i).task());
            sums.add(task, of(i), count);
            all.put(task, rival.items()[i].length);
        }
        double variance = sums.variance(task -> Objects.requireNonNull(all.get(task)));
        return fixed + sums.mean() + z * Math.sqrt(variance) < 0;
    }

    /** One objective that is clearly below the rival's least is enough; z allows for as many tries as there are. */
    private boolean leastIsBelow(double z) {
        List<Integer> objectives = inMain();
        double wider = Math.sqrt(z * z + 2 * StrictMath.log(objectives.size()));
        double least = objectives.stream()
                .mapToDouble(i -> rival.objectives()[i])
                .min()
                .orElseThrow();
        return objectives.stream().anyMatch(i -> bound(i, wider) + rival.objectives()[i] < least);
    }

    /** Whether every objective on all items is below the rival's, or the same where it belongs to the model. */
    boolean allAreBelow(double z) {
        boolean below = false;
        for (int i = 0; i < means.length; i++) {
            if (isProperty(i) ? !(means[i] <= 0) : !(bound(i, z) < 0)) {
                return false;
            }
            below |= means[i] < 0;
        }
        return below;
    }

    /** What the mean difference on all items hardly exceeds. */
    private double bound(int objective, double z) {
        return isProperty(objective)
                ? means[objective]
                : means[objective] + z
                        * Math.sqrt(
                                TaskSums.variance(of(objective), rival.items()[objective].length));
    }

    private List<Integer> inMain() {
        var indices = new ArrayList<Integer>();
        for (int i = 0; i < means.length; i++) {
            if (goals.main().objectives().contains(goals.objectives().get(i).name())) {
                indices.add(i);
            }
        }
        return indices;
    }

    /** The objectives on all items, as far as one can tell. */
    double[] estimates() {
        var estimates = new double[means.length];
        for (int i = 0; i < estimates.length; i++) {
            estimates[i] = isProperty(i) ? properties[i] : rival.objectives()[i] + means[i];
        }
        return estimates;
    }

    /** All items of all objectives, those not scored as the rival's plus the mean difference. */
    double[] items() {
        return IntStream.range(0, means.length).mapToObj(i -> {
            double[] all = rival.items()[i].clone();
            for (int item = 0; item < all.length; item++) {
                all[item] = item < scored[i] ? own[i][item] : all[item] + means[i];
            }
            return all;
        }).flatMapToDouble(Arrays::stream).toArray();
    }
}
