package io.mendel.campaign;

import io.mendel.benchmark.Benchmark;
import io.mendel.benchmark.ItemSet;
import io.mendel.benchmark.Partition;
import io.mendel.benchmark.Selection;
import io.mendel.benchmark.Task;
import io.mendel.benchmark.TaskException;
import io.mendel.merge.Merger;
import io.mendel.merge.StatisticsStore;
import io.mendel.merge.cuda.MergeDevice;
import io.mendel.results.Amendment;
import io.mendel.results.CampaignInfo;
import io.mendel.results.LayerRuns;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.RacingSavings;
import io.mendel.results.pareto.Direction;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import io.mendel.runtime.PrefixCache;
import io.mendel.runtime.Tokenizer;
import io.mendel.space.InvalidInputException;
import io.mendel.space.SearchSpace;
import io.mendel.space.TextbookRecipes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * Runs a campaign in its directory, from the start or from where it stopped.
 *
 * @since 0.1
 */
public final class CampaignSession {

    /** Part of the key of every evaluation: a change in arithmetic must change it. */
    private static final String EVALUATOR = "cpu-fp32-1";

    private final CampaignSpec spec;
    private final Path directory;
    private final Options options;
    private final CampaignListener listener;
    private final BooleanSupplier stop;
    private final UnaryOperator<RecipeScorer> wrapping;

    /**
     * How to run, without any influence on the result.
     *
     * @param workers candidates evaluated at the same time, at least 1
     * @param threads threads of all workers together, at least 1
     * @param compareRandom whether random search gets as many evaluations, for comparison
     * @param device where candidates are merged
     * @param amendments changes to the campaign file, to be recorded before anything else
     */
    public record Options(int workers, int threads, boolean compareRandom, MergeDevice device,
            List<Amendment> amendments) {

        public Options {
            amendments = List.copyOf(amendments);
        }

        /** Options without amendments. */
        public Options(int workers, int threads, boolean compareRandom, MergeDevice device) {
            this(workers, threads, compareRandom, device, List.of());
        }

        /** These options with amendments. */
        public Options withAmendments(List<Amendment> changes) {
            return new Options(workers, threads, compareRandom, device, changes);
        }

        /** Options that merge on the processor. */
        public Options(int workers, int threads, boolean compareRandom) {
            this(workers, threads, compareRandom, MergeDevice.processor());
        }
    }

    /**
     * A session that has not begun.
     *
     * @param spec the campaign
     * @param directory its directory; created if absent
     * @param options how to run
     * @param listener is told of progress
     * @param stop asked often whether to stop
     */
    public CampaignSession(CampaignSpec spec, Path directory, Options options,
            CampaignListener listener,
            BooleanSupplier stop) {
        this(spec, directory, options, listener, stop, UnaryOperator.identity());
    }

    /** A session whose scorers something else stands in front of, such as one that injects faults. */
    CampaignSession(CampaignSpec spec, Path directory, Options options, CampaignListener listener,
            BooleanSupplier stop, UnaryOperator<RecipeScorer> wrapping) {
        this.wrapping = wrapping;
        this.spec = spec;
        this.directory = directory;
        this.options = options;
        this.listener = listener;
        this.stop = stop;
    }

    /**
     * Runs the campaign to its end and writes its report.
     *
     * @return what was found
     * @throws InvalidInputException if anything the campaign needs is missing or wrong; nothing was evaluated then
     * @throws StoppedException if asked to stop or out of minutes; everything finished is saved
     */
    public CampaignSummary run() throws InvalidInputException, StoppedException, IOException {
        var names = new LinkedHashSet<String>();
        if (spec.models().base() != null) {
            names.add(spec.models().base());
        }
        names.addAll(spec.models().parents());
        try (ParentModels parents = ParentModels.open(names, name -> spec.folder().resolve(name),
                Spaces.fit(spec));
                Tokenizer tokenizer = Tokenizer.open(parents.donor())) {
            Benchmark benchmark = BenchmarkFiles.load(
                    spec.tasks().stream().map(spec.folder()::resolve).toList(),
                    List.of(spec.folder()));
            var goals = new Goals(objectives(benchmark), spec.main());
            List<SearchSpace> spaces = new Spaces(spec, parents).all();
            Partition partition = partition(benchmark);
            var info = new CampaignInfo(spec.name(), spec.text(), spec.search().settings().seed(),
                    parents.digests(),
                    EVALUATOR + ";batch_tokens=" + spec.evaluation().batchTokens()
                            + (spec.evaluation().racing() ? ";parts=4,2" : ""),
                    goals.objectives(),
                    spec.main().text(), SearchStage.names(spaces));
            try (CampaignStore store = CampaignStore.start(directory, info)) {
                CampaignFiles.freeze(directory, spec.text());
                store.recordFolder(spec.folder());
                CampaignSpec amended = prepare(store, info);
                try (var events = new EventLog(directory, InstantSource.system(), listener)) {
                    run(amended, parents, tokenizer, benchmark, goals, spaces, partition, store,
                            events);
                }
            }
        }
        return CampaignFiles.writeReport(directory, false);
    }

    /** Takes up what was changed or handed in since the last session; returns the campaign as it runs now. */
    private CampaignSpec prepare(CampaignStore store, CampaignInfo info)
            throws InvalidInputException {
        if (spec.seeds().from() != null
                && store.arrivals().stream().noneMatch(ImportedSeeds::is)) {
            store.recordArrivals(ImportedSeeds.of(spec.seeds(), spec.folder(), info.parents()));
        }
        if (!options.amendments().isEmpty()) {
            store.amend(options.amendments());
        } else if (store.arrivals().stream().anyMatch(arrival -> arrival.generation() == null)) {
            // The winner may be another one now; the search is repeated from its evaluations up to here.
            store.rewind();
        }
        return Amendments.apply(spec, store.amendments());
    }

    private void run(CampaignSpec amended, ParentModels parents, Tokenizer tokenizer,
            Benchmark benchmark, Goals goals, List<SearchSpace> spaces,
            Partition partition, CampaignStore store, EventLog events)
            throws InvalidInputException, StoppedException {
        var stopwatch = new Stopwatch(store.elapsed());
        BooleanSupplier stopNow = () -> stop.getAsBoolean()
                || stopwatch.beyond(amended.budget().minutes());
        boolean paths = spec.space().type() != CampaignSpec.SpaceType.PARAMETER;
        try (var cache = new PrefixCache(paths ? spec.evaluation().prefixCache() : 0);
                Merger merger = Merger.create(parents.checkpoints(),
                        StatisticsStore.at(directory.resolve("stats")),
                        options.device().kernels(), options.threads())) {
            Map<ItemRole, ItemSet> items = new LinkedHashMap<>();
            items.putAll(searchItems(partition, benchmark, goals, parents, merger, tokenizer,
                    store, cache, amended, stopNow, events));
            items.put(ItemRole.VALIDATION, partition.validation());
            items.put(ItemRole.TEST, partition.test());
            Racing racing = racing(items, benchmark);
            Map<ItemRole, String> digests = record(items, store);
            var scorers = new Scorers(options, benchmark, tokenizer, racing, goals.objectives(),
                    spec.evaluation().batchTokens(), cache, wrapping);
            try {
                run(amended, parents, goals, spaces, partition, store, events, digests, scorers,
                        merger, stopNow, stopwatch);
            } finally {
                recordReuse(store, cache, events);
            }
        } catch (StoppedException e) {
            events.line("stopped: " + e.getMessage());
            throw e;
        } finally {
            store.recordElapsed(stopwatch.total());
        }
    }

    private static Map<ItemRole, String> record(Map<ItemRole, ItemSet> items, CampaignStore store)
            throws StoreException {
        Map<ItemRole, String> digests = new LinkedHashMap<>();
        for (var entry : items.entrySet()) {
            digests.put(entry.getKey(), entry.getValue().digest());
            store.recordItemSet(entry.getKey().key(), entry.getValue().digest());
        }
        return digests;
    }

    /** The blocks of items that candidates are bred for; asks the parents first where the choice depends on them. */
    private Map<ItemRole, ItemSet> searchItems(Partition partition, Benchmark benchmark,
            Goals goals, ParentModels parents, Merger merger, Tokenizer tokenizer,
            CampaignStore store, PrefixCache cache, CampaignSpec amended, BooleanSupplier stopNow,
            EventLog events) throws InvalidInputException, StoppedException {
        Map<ItemRole, ItemSet> items = new LinkedHashMap<>();
        if (!SubsetChoice.reads(spec.evaluation().selection())) {
            for (int block = 0; block < blocks(partition); block++) {
                items.put(ItemRole.search(block), partition.blocks().get(block));
            }
            return items;
        }
        ItemSet pool = benchmark.itemSet(partition.pool());
        var asked = new Racing(Map.of(ItemRole.POOL, ItemParts.whole(pool)));
        var digests = record(Map.of(ItemRole.POOL, pool), store);
        var scorers = new Scorers(options, benchmark, tokenizer, asked, goals.objectives(),
                spec.evaluation().batchTokens(), cache, wrapping);
        try (var evaluations = new Evaluations(store, digests, scorers.on(parents, merger),
                stopNow, amended.limits(), ParentFiles.of(parents))) {
            items.put(ItemRole.SEARCH,
                    new SubsetChoice(spec.evaluation(), goals.objectives(), benchmark).choose(
                            pool.parts(),
                            textbook(parents).stream()
                                    .map(TextbookRecipes.Named::recipe)
                                    .toList(),
                            evaluations, events));
        }
        return items;
    }

    private List<TextbookRecipes.Named> textbook(ParentModels parents) {
        return TextbookRecipes.of(spec.models().base(), spec.models().parents(),
                spec.search().settings().seed())
                .stream()
                .filter(named -> parents.isOneDepth() || named.recipe().models().size() == 1)
                .toList();
    }

    private void run(CampaignSpec amended, ParentModels parents, Goals goals,
            List<SearchSpace> spaces, Partition partition, CampaignStore store, EventLog events,
            Map<ItemRole, String> digests, Scorers scorers, Merger merger, BooleanSupplier stopNow,
            Stopwatch stopwatch) throws InvalidInputException, StoppedException {
        try (var evaluations = new Evaluations(store, digests, scorers.on(parents, merger),
                stopNow, amended.limits(), ParentFiles.of(parents))) {
            var baselines = new BaselineRound(textbook(parents), goals, evaluations, events);
            boolean staged = spaces.size() > 1;
            SearchSpace first = spaces.getFirst();
            var stage = staged
                    ? new SearchStage(first, new double[0], SearchStage.resting(spaces.get(1)))
                    : SearchStage.only(first);
            var border = staged
                    ? new StageBorder(amended, directory, scorers, store, digests, stopNow, events,
                            first.genes().size())
                    : null;
            var runner = new CampaignRunner(amended, spec.budget(),
                    ImportedSeeds.among(store.arrivals()), goals, stage, border, baselines, store,
                    evaluations, partition.validation().size() > 0, blocks(partition),
                    scorers.items(), events);
            events.line("session of " + options.workers() + " workers and " + options.threads()
                    + " threads starts");
            runner.run(options.compareRandom());
            RacingSavings saved = store.racing();
            if (saved.raced() > 0) {
                events.line(String.format(Locale.ROOT,
                        "racing ended %d of %d evaluations on search items early and saved %.0f %% of the item scorings",
                        saved.raced(), saved.evaluations(), 100 * saved.share()));
            }
            events.line(String.format(Locale.ROOT,
                    "finished: %d evaluations computed in %.2f s by %d workers, of %.2f s in this session",
                    evaluations.computed(), evaluations.computingSeconds(), options.workers(),
                    stopwatch.session()));
        }
    }

    /** Only the search races: validation and test items are scored once, and in full. */
    private Racing racing(Map<ItemRole, ItemSet> items, Benchmark benchmark)
            throws TaskException {
        var parts = new LinkedHashMap<ItemRole, ItemParts>();
        for (var entry : items.entrySet()) {
            boolean races = spec.evaluation().racing() && entry.getKey().isSearch();
            parts.put(entry.getKey(), races
                    ? ItemParts.cut(benchmark, entry.getValue())
                    : ItemParts.whole(entry.getValue()));
        }
        return new Racing(parts);
    }

    private static void recordReuse(CampaignStore store, PrefixCache cache, EventLog events)
            throws StoreException {
        var runs = new LayerRuns(cache.executed(), cache.saved());
        if (runs.saved() > 0) {
            store.recordLayerRuns(runs);
            events.line("common beginnings saved %d of %d runs of a layer (%.0f %%)".formatted(
                    runs.saved(), runs.executed() + runs.saved(), 100 * runs.share()));
        }
    }

    private int blocks(Partition partition) {
        return Boolean.FALSE.equals(spec.evaluation().rotate())
                || SubsetChoice.reads(spec.evaluation().selection())
                        ? 1
                        : partition.blocks().size();
    }

    private List<ObjectiveDefinition> objectives(Benchmark benchmark)
            throws CampaignException, TaskException {
        var definitions = new ArrayList<ObjectiveDefinition>();
        var names = benchmark.tasks().stream().map(Task::name).toList();
        for (CampaignSpec.ObjectiveSpec objective : spec.objectives()) {
            String metric = objective.metric();
            boolean maximize = metric.equals("mutual_information");
            if (objective.task() != null) {
                if (!names.contains(objective.task())) {
                    throw new CampaignException("objective " + objective.name(),
                            "there is no task '" + objective.task() + "'.",
                            InvalidInputException.didYouMean(objective.task(), names));
                }
                Task task = benchmark.task(objective.task());
                metric = task.resultName(metric);
                maximize = task.higherIsBetter(metric);
            }
            if (objective.direction() != null) {
                maximize = objective.direction().equals("maximize");
            }
            var definition = new ObjectiveDefinition(objective.name(),
                    maximize ? Direction.MAXIMIZE : Direction.MINIMIZE, objective.task(), metric);
            if (spec.evaluation().racing() && !canRace(definition, benchmark)) {
                throw new CampaignException("objective " + objective.name(),
                        "'" + metric
                                + "' is no mean over items, so nobody can be told to be worse early.",
                        "Choose a metric that is one, such as acc or loglikelihood, or remove 'evaluation.racing'.");
            }
            definitions.add(definition);
        }
        return definitions;
    }

    private static boolean canRace(ObjectiveDefinition objective, Benchmark benchmark) {
        return objective.task() == null
                ? Racing.isProperty(objective)
                : benchmark.task(objective.task()).isMean(objective.metric());
    }

    private Partition partition(Benchmark benchmark) throws TaskException {
        CampaignSpec.Evaluation wanted = spec.evaluation();
        int test = wanted.testItems() == 0 ? Integer.MAX_VALUE : wanted.testItems();
        Selection selection = SubsetChoice.reads(wanted.selection())
                ? Selection.STRATIFIED
                : Selection.named(wanted.selection());
        return benchmark.partition(selection, wanted.items(), wanted.validationItems(), test,
                spec.search().settings().seed());
    }
}
