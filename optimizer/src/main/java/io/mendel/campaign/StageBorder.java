package io.mendel.campaign;

import io.mendel.merge.Merger;
import io.mendel.merge.StatisticsStore;
import io.mendel.merge.WriteOptions;
import io.mendel.merge.cuda.MergeDevice;
import io.mendel.results.store.CampaignStore;
import io.mendel.space.InvalidInputException;
import io.mendel.space.Recipe;
import io.mendel.space.SearchSpace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.DoubleStream;

/**
 * The way from the first stage of a campaign to the second: the best merged model becomes a model whose layers paths run
 * through.
 *
 * <p>
 * It is built in the campaign's directory, appears there at once and complete, and is only built again if it is gone.
 * Recipes of the second stage call it by its number, {@code candidate-480}, and the store tells what that is.
 */
final class StageBorder {

    private static final String PREFIX = "candidate-";

    private final CampaignSpec spec;
    private final Path directory;
    private final Scorers scorers;
    private final CampaignStore store;
    private final Map<ItemRole, String> itemDigests;
    private final BooleanSupplier stop;
    private final CampaignListener listener;
    private final int firstGenes;

    /**
     * A border that nobody has crossed.
     *
     * @param directory the campaign's directory
     * @param firstGenes number of genes of the first stage
     */
    StageBorder(CampaignSpec spec, Path directory, Scorers scorers, CampaignStore store,
            Map<ItemRole, String> itemDigests, BooleanSupplier stop, CampaignListener listener,
            int firstGenes) {
        this.spec = spec;
        this.directory = directory;
        this.scorers = scorers;
        this.store = store;
        this.itemDigests = Map.copyOf(itemDigests);
        this.stop = stop;
        this.listener = listener;
        this.firstGenes = firstGenes;
    }

    /** The name that recipes have for a candidate. */
    static String name(long candidate) {
        return PREFIX + candidate;
    }

    /** The candidate of a name, or −1 if it names none. */
    static long candidate(String name) {
        String number = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : "";
        return number.matches("[1-9]\\d{0,17}") ? Long.parseLong(number) : -1;
    }

    /** Where a candidate that became a model is. */
    static Path folder(Path directory, String name) {
        return directory.resolve("stages").resolve(name);
    }

    /** The second stage, open; closing it ends its workers and unmaps its models. */
    record Second(SearchStage stage, Evaluations evaluations, Merger merger,
            ParentModels parents) implements AutoCloseable {
        @Override
        public void close() {
            evaluations.close();
            merger.close();
            parents.close();
        }
    }

    /**
     * Builds the model of the first stage's winner, unless it is there, and opens the second stage.
     *
     * @param winner the winner
     * @throws InvalidInputException if the model cannot be written or read
     */
    Second cross(SearchLoop.Bred winner) throws InvalidInputException {
        String name = name(winner.candidate().id());
        Path folder = folder(directory, name);
        if (!Files.exists(folder.resolve("config.json"))) {
            listener.phase("building " + name, 0);
            build(spec, scorers.options().threads(), scorers.options().device(), winner.recipe(),
                    folder);
        }
        var names = new LinkedHashSet<String>();
        if (spec.models().base() != null) {
            names.add(spec.models().base());
        }
        names.addAll(spec.models().parents());
        names.add(name);
        ParentModels parents = ParentModels.open(names,
                model -> model.equals(name) ? folder : spec.folder().resolve(model));
        try {
            SearchSpace space = new Spaces(spec, parents).second(name);
            var genes = store.candidates().get((int) winner.candidate().id() - 1).genes();
            // An enqueued recipe may have won without being a point of the first space.
            double[] before = genes.size() < firstGenes
                    ? DoubleStream.generate(() -> 0.5).limit(firstGenes).toArray()
                    : genes.subList(0, firstGenes).stream().mapToDouble(g -> g).toArray();
            Merger merger = Merger.create(parents.checkpoints(),
                    StatisticsStore.at(directory.resolve("stats")),
                    scorers.options().device().kernels(),
                    scorers.options().threads());
            var evaluations = new Evaluations(store, itemDigests, scorers.on(parents, merger),
                    stop, spec.limits(), ParentFiles.of(parents));
            return new Second(new SearchStage(space, before, new double[0]), evaluations, merger,
                    parents);
        } catch (InvalidInputException | RuntimeException e) {
            parents.close();
            throw e;
        }
    }

    /**
     * Builds the model of a candidate; an interrupted build leaves nothing that counts.
     *
     * @param folder where it appears
     */
    static void build(CampaignSpec spec, int threads, MergeDevice device, Recipe recipe,
            Path folder)
            throws InvalidInputException {
        new ModelBuild(model -> spec.folder().resolve(model), threads,
                WriteOptions.DEFAULT.durably().undigested(), device)
                .write(recipe, folder, (written, total) -> {
                });
    }
}
