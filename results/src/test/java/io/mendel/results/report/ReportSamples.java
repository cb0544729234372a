package io.mendel.results.report;

import io.mendel.results.Baseline;
import io.mendel.results.CampaignContents;
import io.mendel.results.CampaignInfo;
import io.mendel.results.CampaignState;
import io.mendel.results.Candidate;
import io.mendel.results.DemoCampaign;
import io.mendel.results.Evaluation;
import io.mendel.results.EvaluationKey;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Outcome;
import io.mendel.results.Scores;
import io.mendel.results.Winner;
import io.mendel.results.pareto.Direction;
import io.mendel.space.LayerRange;
import io.mendel.space.MergeMethods;
import io.mendel.space.ParameterValue;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Reports of many shapes; {@link #main} writes them all for a look in a browser. */
final class ReportSamples {
    static final String EVIL = "</script><script>alert('x')</script><img src=http://evil/x onerror=\"alert(1)\">&]]>";

    private ReportSamples() {}

    static ReportData full(int count, int objectives) {
        var contents = DemoCampaign.contents(count, objectives, true);
        return new ReportData(contents, CampaignState.FINISHED, DemoCampaign.archive(contents),
                0.3141, DemoCampaign::mean,
                RECIPE);
    }

    /** Paths of about so many layers, every third one of merged layers. */
    static ReportData paths(int count, int length) {
        var contents = DemoCampaign.contents(count, 3, true);
        var candidates = new ArrayList<Candidate>();
        for (var it : contents.candidates()) {
            candidates.add(new Candidate(it.id(), it.generation(), it.index(), it.origin(),
                    it.genes(), path(it.id(), length).canonicalJson(), it.recipeDigest()));
        }
        var moved = new CampaignContents(contents.info(), contents.finished(), candidates,
                contents.evaluations(), contents.history(), contents.baselines(),
                contents.winner(), contents.elapsed());
        return new ReportData(moved, CampaignState.FINISHED, DemoCampaign.archive(contents),
                0.3141, DemoCampaign::mean, RECIPE);
    }

    static Recipe path(long seed, int length) {
        var random = new SplittableRandom(seed);
        List<String> models = List.of("models/math-en", "models/chat-ja", "models/sort-en");
        boolean merged = seed % 3 == 0;
        var slices = new ArrayList<Slice>();
        var scales = new ArrayList<Double>();
        for (int step = 0; step < length + random.nextInt(3); step++) {
            var range = new LayerRange(step % 4, step % 4 + 1);
            var sources = new ArrayList<Source>();
            for (String model : merged ? models : List.of(models.get(random.nextInt(3)))) {
                sources.add(new Source(model, range, new TreeMap<>(
                        Map.of("weight", ParameterValue.of(random.nextDouble(0.1, 1))))));
            }
            slices.add(Slice.of(sources));
            scales.add(random.nextInt(2) == 0 ? 1 : random.nextDouble(0.4, 1.5));
        }
        return new Recipe(MergeMethods.LINEAR, null, slices, new TreeMap<>(), null, null, 0)
                .withScales(scales);
    }

    static ReportData empty() {
        var contents = DemoCampaign.contents(0, 3, false);
        return new ReportData(contents, CampaignState.RUNNING, List.of(), Double.NaN,
                DemoCampaign::mean, null);
    }

    static ReportData allFailed() {
        var contents = DemoCampaign.contents(5, 2, false);
        var evaluations = new TreeMap<>(contents.evaluations());
        evaluations.replaceAll(
                (digest, e) -> new Evaluation(e.key(), new Outcome.Failed("out of memory"), 1));
        return new ReportData(
                new CampaignContents(contents.info(), false, contents.candidates(), evaluations,
                        List.of(),
                        List.of(), null, Duration.ZERO),
                CampaignState.PAUSED, List.of(), Double.NaN, DemoCampaign::mean, null);
    }

    static ReportData hostile() {
        var info = new CampaignInfo(EVIL, EVIL, -1, List.of(new CampaignInfo.Parent(EVIL, EVIL)),
                EVIL,
                List.of(new ObjectiveDefinition(EVIL, Direction.MINIMIZE, EVIL, EVIL),
                        new ObjectiveDefinition("b" + EVIL, Direction.MAXIMIZE, null, EVIL)),
                EVIL, List.of(EVIL, EVIL));
        var good = new Candidate(0, 0, 0, EVIL, List.of(-3.5, 7e9), EVIL, EVIL);
        var bad = new Candidate(1, 0, 1, EVIL, List.of(0.0, 0.0), EVIL, EVIL + "2");
        var values = new TreeMap<>(Map.of(EVIL, 1e-9, "b" + EVIL, 1e12));
        var scores = Scores.of(Map.of(EVIL, Map.of(EVIL, 0.5)));
        var evaluations = new TreeMap<>(Map.of(
                EVIL, evaluation(EVIL, new Outcome.Finished(values, scores, List.of())),
                EVIL + "2", evaluation(EVIL + "2", new Outcome.Failed(EVIL))));
        var contents = new CampaignContents(info, false, List.of(good, bad), evaluations, List.of(),
                List.of(new Baseline(EVIL, Baseline.Kind.PARENT, values, scores, scores)),
                new Winner(0, scores, scores),
                Duration.ZERO);
        return new ReportData(contents, CampaignState.PAUSED, List.of(0L), 1, objectives -> 1,
                EVIL);
    }

    private static Evaluation evaluation(String digest, Outcome outcome) {
        return new Evaluation(new EvaluationKey(digest, "i", "s"), outcome, 1);
    }

    static Map<String, ReportData> all() {
        var samples = new TreeMap<String, ReportData>();
        samples.put("full", full(300, 3));
        samples.put("two", full(100, 2));
        samples.put("one", full(60, 1));
        samples.put("single", full(1, 3));
        samples.put("paths", paths(60, 7));
        samples.put("long_paths", paths(60, 200));
        samples.put("empty", empty());
        samples.put("failed", allFailed());
        samples.put("hostile", hostile());
        return samples;
    }

    private static final String RECIPE = """
            merge_method: dare_ties
            base_model: models/base
            models:
            - model: models/math-en
              parameters:
                weight: [1.09135, 0.75135, 0.97117, 0.92378, 1.0155, 1.20501]
                density: 0.53
            - model: models/chat-ja
              parameters:
                weight: [0.25506, 0.19318, 0.97074, 0.65281, 0.65121, 1.18982]
                density: 0.61
            dtype: float32
            out_dtype: bfloat16
            """;

    public static void main(String[] args) throws IOException {
        var directory = Files.createDirectories(Path.of(args[0]));
        for (var sample : all().entrySet()) {
            ReportWriter.write(sample.getValue(), directory.resolve(sample.getKey() + ".html"));
        }
    }
}
