package io.mendel.results;

import io.mendel.results.pareto.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/** A made-up campaign that looks like a real one: three skills, three parents, seven gene groups. */
public final class DemoCampaign {
    public static final String SETTINGS = "5e771465";
    public static final String ITEMS = "17e35e7d";
    public static final List<String> SKILLS = List.of("know", "arith", "order");
    public static final List<String> TASKS = List.of("know_ja", "arith_en", "order_en");
    private static final List<String> PARENTS = List.of("math-en", "chat-ja", "sort-en");

    private DemoCampaign() {}

    public static CampaignInfo info(int objectives) {
        var definitions = new ArrayList<ObjectiveDefinition>();
        for (int i = 0; i < objectives; i++) {
            definitions.add(new ObjectiveDefinition(SKILLS.get(i), Direction.MAXIMIZE, TASKS.get(i),
                    "acc"));
        }
        var genes = new ArrayList<String>();
        for (var parent : PARENTS) {
            genes.add(parent + ".weight[embed]");
            for (int group = 0; group < 6; group++) {
                genes.add(parent + ".weight[" + group + "]");
            }
        }
        return new CampaignInfo("three-skills", "name: three-skills\nsearch: {seed: 42}\n", 42,
                List.of(new CampaignInfo.Parent("models/base", "ba5e"),
                        new CampaignInfo.Parent("models/math-en", "3a7h"),
                        new CampaignInfo.Parent("models/chat-ja", "c4a7"),
                        new CampaignInfo.Parent("models/sort-en", "50a7")),
                SETTINGS, definitions,
                "mean of " + String.join(", ", SKILLS.subList(0, objectives)), genes);
    }

    public static double mean(SortedMap<String, Double> objectives) {
        return objectives.values()
                .stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
    }

    public static List<Candidate> candidates(int count, long seed) {
        var random = new SplittableRandom(seed);
        var list = new ArrayList<Candidate>();
        for (int id = 0; id < count; id++) {
            var genes = new ArrayList<Double>();
            double spread = 1 / (1 + 3.0 * id / count);
            for (int gene = 0; gene < 21; gene++) {
                double centre = gene % 7 == 0 ? 0.5 : gene < 7 ? 0.75 : gene < 14 ? 0.6 : 0.65;
                genes.add(Math.clamp(centre + spread * (random.nextDouble() - 0.5) * 1.2, 0, 1));
            }
            var origin = id == 0
                    ? "uniform"
                    : id < 4 ? "parent:" + PARENTS.get(id - 1) : "offspring";
            list.add(new Candidate(id, id / 24, id % 24, origin, genes,
                    "{\"method\":\"dare_ties\",\"id\":" + id + "}",
                    String.format("%064x", id * 7919L + 17)));
        }
        return list;
    }

    public static Evaluation evaluation(Candidate candidate, int objectives, boolean failures) {
        var random = new SplittableRandom(candidate.id());
        var key = new EvaluationKey(candidate.recipeDigest(), ITEMS, SETTINGS);
        if (failures && candidate.id() % 41 == 40) {
            return new Evaluation(key, new Outcome.Failed("NaN in the logits of layer 4"), 1.5);
        }
        double progress = 1 - Math.exp(-candidate.id() / 120.0);
        double trade = random.nextDouble();
        var values = new TreeMap<String, Double>();
        var tasks = new TreeMap<String, SortedMap<String, Double>>();
        var items = new ArrayList<ItemScores>();
        for (int i = 0; i < objectives; i++) {
            double lean = i == 0 ? trade : i == 1 ? 1 - trade : 0.5;
            double accuracy = Math
                    .round(128 * Math.clamp(0.28 + 0.3 * progress * random.nextDouble(0.6, 1.1)
                            + 0.3 * progress * Math.sqrt(lean), 0, 1))
                    / 128.0;
            values.put(SKILLS.get(i), accuracy);
            tasks.put(TASKS.get(i), scores(accuracy, 128));
            items.add(new ItemScores(TASKS.get(i), "acc", new int[]{3, 5, 8},
                    new double[]{1, 0, random.nextInt(2)}));
        }
        return new Evaluation(key, new Outcome.Finished(values, new Scores(tasks), items),
                30 + 10 * random.nextDouble());
    }

    private static SortedMap<String, Double> scores(double accuracy, int items) {
        return new TreeMap<>(Map.of("acc", accuracy, "acc_stderr",
                Math.sqrt(accuracy * (1 - accuracy) / (items - 1)),
                "choice_probability", accuracy * 0.9));
    }

    public static Scores scores(double... accuracies) {
        var tasks = new TreeMap<String, SortedMap<String, Double>>();
        for (int i = 0; i < accuracies.length; i++) {
            tasks.put(TASKS.get(i), scores(accuracies[i], 500));
        }
        return new Scores(tasks);
    }

    public static SortedMap<String, Double> objectives(double... values) {
        var map = new TreeMap<String, Double>();
        for (int i = 0; i < values.length; i++) {
            map.put(SKILLS.get(i), values[i]);
        }
        return map;
    }

    public static Baseline baseline(String name, Baseline.Kind kind, double... values) {
        var heldOut = values.clone();
        for (int i = 0; i < values.length; i++) {
            heldOut[i] = values[i] - 0.011 * (i + 1);
        }
        return new Baseline(name, kind, objectives(values), scores(values), scores(heldOut));
    }

    /** A whole campaign of {@code count} candidates and up to three objectives. */
    public static CampaignContents contents(int count, int objectives, boolean failures) {
        var info = info(objectives);
        var candidates = candidates(count, 42);
        var evaluations = new TreeMap<String, Evaluation>();
        candidates.forEach(
                c -> evaluations.put(c.recipeDigest(), evaluation(c, objectives, failures)));
        var empty = new CampaignContents(info, false, candidates, evaluations, List.of(), List.of(),
                null,
                Duration.ZERO);
        var history = new ArrayList<GenerationSummary>();
        double best = Double.NaN;
        long bestId = 0;
        for (int id = 0; id < count; id++) {
            var finished = empty.finished(candidates.get(id));
            double main = finished == null ? Double.NaN : mean(finished.objectives());
            if (Double.isNaN(best) || main > best) {
                best = main;
                bestId = id;
            }
            if (id % 24 == 23) {
                history.add(new GenerationSummary(id / 24, id + 1, best * best * best, best));
            }
        }
        var baselines = List.of(
                cut(baseline("chat-ja", Baseline.Kind.PARENT, 0.703, 0.281, 0.297), objectives),
                cut(baseline("math-en", Baseline.Kind.PARENT, 0.262, 0.711, 0.25), objectives),
                cut(baseline("sort-en", Baseline.Kind.PARENT, 0.25, 0.242, 0.742), objectives),
                cut(baseline("uniform", Baseline.Kind.UNIFORM, 0.47, 0.461, 0.508), objectives),
                cut(baseline("ties, density 0.5", Baseline.Kind.RECIPE, 0.523, 0.555, 0.586),
                        objectives),
                cut(baseline("random search", Baseline.Kind.RANDOM, 0.586, 0.57, 0.57),
                        objectives));
        var winner = count == 0
                ? null
                : new Winner(bestId, cut(scores(0.731, 0.715, 0.702), objectives),
                        cut(scores(0.722, 0.708, 0.716), objectives));
        return new CampaignContents(info, count > 0, candidates, evaluations, history,
                count == 0 ? List.of() : baselines,
                winner, Duration.ofMinutes(187));
    }

    private static Baseline cut(Baseline b, int objectives) {
        return new Baseline(b.name(), b.kind(), objectives(b.objectives(), objectives),
                cut(b.search(), objectives),
                cut(b.heldOut(), objectives));
    }

    private static SortedMap<String, Double> objectives(SortedMap<String, Double> all, int count) {
        var map = new TreeMap<>(all);
        map.keySet().retainAll(SKILLS.subList(0, count));
        return map;
    }

    private static Scores cut(Scores scores, int objectives) {
        var map = new TreeMap<>(scores.tasks());
        map.keySet().retainAll(TASKS.subList(0, objectives));
        return new Scores(map);
    }

    /** Ids of the candidates that no other one dominates. */
    public static SortedSet<Long> archive(CampaignContents contents) {
        var archive = new TreeSet<Long>();
        for (var candidate : contents.candidates()) {
            var finished = contents.finished(candidate);
            if (finished != null && contents.candidates()
                    .stream()
                    .map(contents::finished)
                    .noneMatch(
                            other -> other != null && dominates(other.objectives().values(),
                                    finished.objectives().values()))) {
                archive.add(candidate.id());
            }
        }
        return archive;
    }

    private static boolean dominates(Collection<Double> a, Collection<Double> b) {
        boolean better = false;
        var other = b.iterator();
        for (double x : a) {
            double y = other.next();
            if (x < y) {
                return false;
            }
            better |= x > y;
        }
        return better;
    }
}
