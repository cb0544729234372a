package io.mendel.campaign;

import io.mendel.results.Outcome;
import io.mendel.space.MergeMethods;
import io.mendel.space.ParameterValue;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/**
 * A real scorer that does not return, throws, is given a weight that is out of range or reports NaN for some recipes,
 * always the same ones; it writes down every evaluation that begins.
 */
public final class FaultyScorer implements RecipeScorer {

    private static final int PERCENT = 100;
    private static final int EXCEPTIONS = 5;
    private static final int REFUSALS = 13;
    private static final int NANS = 20;

    private final RecipeScorer scorer;
    private final Path journal;
    private final int hangs;

    private FaultyScorer(RecipeScorer scorer, Path journal, int hangs) {
        this.scorer = scorer;
        this.journal = journal;
        this.hangs = hangs;
    }

    /**
     * A session of a campaign with such scorers.
     *
     * @param journal gets a line for every evaluation that begins
     * @param hangs how many recipes of a hundred are never done
     */
    public static CampaignSession session(CampaignSpec spec, Path directory,
            CampaignSession.Options options, java.util.function.BooleanSupplier stop,
            Path journal, int hangs) {
        return new CampaignSession(spec, directory, options, CampaignListener.SILENT, stop,
                scorer -> new FaultyScorer(scorer, journal, hangs));
    }

    @Override
    public Outcome score(Recipe recipe, ItemRole role, Race race) {
        write(role.key() + " " + recipe.digest());
        int lot = Integer.parseUnsignedInt(recipe.digest().substring(0, 6), 16) % PERCENT;
        if (lot < EXCEPTIONS) {
            throw new IllegalStateException("injected");
        }
        if (lot < REFUSALS) {
            return scorer.score(refused(recipe), role, race);
        }
        if (lot < NANS) {
            return notANumber(scorer.score(recipe, role, race));
        }
        if (lot < NANS + hangs) {
            return forEver();
        }
        return scorer.score(recipe, role, race);
    }

    /** One of the models, with a weight that no merge takes. */
    private static Recipe refused(Recipe recipe) {
        var models = List.copyOf(recipe.models());
        String model = models.getLast();
        return new Recipe(MergeMethods.LINEAR, null,
                List.of(Slice.of(List.of(Source.of(model,
                        Map.of("weight", ParameterValue.of(3e38)))))),
                new TreeMap<>(Map.of("normalize", ParameterValue.of(0))), null, null, 0);
    }

    /** The merge engine takes no weights and scales that could overflow, so this is where NaN may still come from. */
    private static Outcome notANumber(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Finished(var objectives, var scores, var items) ->
                new Outcome.Finished(notNumbers(objectives), scores, items);
            case Outcome.Raced(var objectives, var scores, var items, int scored, int of) ->
                new Outcome.Raced(notNumbers(objectives), scores, items, scored, of);
            case Outcome.Failed failed -> failed;
        };
    }

    private static SortedMap<String, Double> notNumbers(SortedMap<String, Double> values) {
        var replaced = new TreeMap<>(values);
        replaced.replaceAll((_, _) -> Double.NaN);
        return replaced;
    }

    private static Outcome forEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new Outcome.Failed("interrupted");
    }

    private void write(String line) {
        try {
            Files.writeString(journal, line + "\n", StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        scorer.close();
    }
}
