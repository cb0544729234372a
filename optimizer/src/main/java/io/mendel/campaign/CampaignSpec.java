package io.mendel.campaign;

import io.mendel.search.SearchSettings;
import io.mendel.space.DataFlowSettings;
import io.mendel.space.LayerRange;
import io.mendel.space.MergeMethod;
import io.mendel.space.ParameterOption;
import io.mendel.space.ParameterSpaceSettings.Range;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A campaign file, read and checked: everything that decides a campaign's result.
 *
 * @param name the campaign's name
 * @param models base and parents, as the file spells them
 * @param space the recipes that may be tried
 * @param tasks task files, as the file spells them
 * @param objectives at least one, with distinct names
 * @param main how one number is made of the objectives to pick the winner
 * @param evaluation on which items candidates are scored
 * @param search how candidates are proposed
 * @param budget when to stop
 * @param limits what one evaluation may use
 * @param seeds another campaign whose best the search starts from
 * @param folder the folder that relative paths start from
 * @param text the file's content with all overrides, frozen in the campaign directory
 * @since 0.1
 */
public record CampaignSpec(String name, Models models, Space space, List<String> tasks,
        List<ObjectiveSpec> objectives,
        Main main, Evaluation evaluation, Search search, Budget budget, Limits limits,
        SeedSource seeds, Path folder, String text) {

    public CampaignSpec {
        tasks = List.copyOf(tasks);
        objectives = List.copyOf(objectives);
    }

    /**
     * The models.
     *
     * @param base the ancestor, or null
     * @param parents at least one
     */
    public record Models(@Nullable String base, List<String> parents) {
        public Models {
            parents = List.copyOf(parents);
        }
    }

    /**
     * What is searched.
     *
     * @since 0.1
     */
    public enum SpaceType {
        /** Merge parameters. */
        PARAMETER,
        /** The path through the parents' layers. */
        DATA_FLOW,
        /** The path and, at every step, merge parameters. */
        JOINT,
        /** Merge parameters first, then the path through the parents' and the best merged model's layers. */
        STAGED
    }

    /**
     * The space; see {@link io.mendel.space.ParameterSpaceSettings} and {@link DataFlowSettings}.
     *
     * @param type what is searched
     * @param methods the merge methods to choose from
     * @param layerGroups number of equal layer groups; 0 for one group per layer; unused with {@code ranges}
     * @param ranges explicit layer groups, or empty
     * @param filters substrings of tensor names with genes of their own
     * @param weight range of weights
     * @param density range of densities
     * @param dataFlow the paths; null if only merge parameters are searched
     * @param options further parameters of the methods that are searched
     * @param geneRanges ranges of weights and densities by parts of their genes' names
     * @param curvePoints points of a curve over the layers in place of layer groups; 0 for none
     * @param parameterShare share of the budget that merge parameters get in a staged search, above 0 and below 1
     */
    public record Space(SpaceType type, List<MergeMethod> methods, int layerGroups,
            List<LayerRange> ranges,
            List<String> filters,
            Range weight, Range density, List<ParameterOption> options,
            Map<String, Range> geneRanges, int curvePoints, @Nullable DataFlow dataFlow,
            double parameterShare) {
        public Space {
            methods = List.copyOf(methods);
            ranges = List.copyOf(ranges);
            filters = List.copyOf(filters);
            options = List.copyOf(options);
            geneRanges = Collections.unmodifiableMap(new LinkedHashMap<>(geneRanges));
        }
    }

    /**
     * The paths; see {@link DataFlowSettings}.
     *
     * @param encoding how a path is written
     * @param repeats how often the layers are laid out
     * @param minLayers shortest path
     * @param maxLayers longest path; 0 for twice the first model's depth
     * @param scale range of the scales; null for none
     * @param fixedEnds whether paths keep the first model's ends
     * @param search how paths are searched if not as everything else; null for that
     */
    public record DataFlow(DataFlowSettings.Encoding encoding, int repeats, int minLayers,
            int maxLayers, @Nullable Range scale, boolean fixedEnds,
            @Nullable SearchSettings search) {}

    /**
     * An objective as the file states it: either a task's metric or a measure of the model.
     *
     * @param name its name in the campaign
     * @param task the task's name, or null for a measure
     * @param metric the task's metric, or the measure
     * @param direction {@code maximize}, {@code minimize}, or null for the natural one
     * @param floor how far it may fall below a parent's, or null if that does not matter
     */
    public record ObjectiveSpec(String name, @Nullable String task, String metric,
            @Nullable String direction, @Nullable Floor floor) {}

    /**
     * A constraint: an objective must not be worse than a parent's by more than a tolerance.
     *
     * @param parent the parent's name without its folder, or {@code best} for the best of them in this objective
     * @param tolerance at least 0
     */
    public record Floor(String parent, double tolerance) {}

    /**
     * The items candidates are scored on, each number counted per task.
     *
     * @param items search items
     * @param rotate whether generations take turns with blocks of search items; null if the strategy decides
     * @param selection how the search items are chosen: {@code first}, {@code random}, {@code stratified}, or by what the
     *            parents say on all of them {@code k_medoids} or {@code disagreement}
     * @param validationItems items of the same split, disjoint from the search items, that pick the winner
     * @param testItems limit of held-out items; 0 for all
     * @param batchTokens padded tokens in one batch
     * @param prefixCache bytes of hidden states kept for other candidates that begin alike
     * @param racing whether candidates that are clearly worse than the best are given up early
     */
    public record Evaluation(int items, @Nullable Boolean rotate, String selection,
            int validationItems, int testItems,
            int batchTokens, long prefixCache, boolean racing) {}

    /**
     * The search strategy.
     *
     * @param settings the algorithm and its settings
     * @param finalists candidates re-scored on the validation items
     */
    public record Search(SearchSettings settings, int finalists) {}

    /**
     * Another campaign that seeds this one.
     *
     * @param from its directory, as the file spells it; null for none
     * @param best how many of its candidates, the best by its main objective, at least 1
     */
    public record SeedSource(@Nullable String from, int best) {}

    /**
     * When to stop; each limit may be absent (0).
     *
     * @param evaluations candidates proposed by the search
     * @param generations generations
     * @param minutes wall time of this run
     * @param stagnation generations without a better main objective
     */
    public record Budget(int evaluations, int generations, double minutes, int stagnation) {

        /** The part of the first of two stages. */
        Budget share(double share) {
            return new Budget((int) Math.rint(share * evaluations),
                    (int) Math.rint(share * generations), minutes, stagnation);
        }

        /**
         * The part of the second of two stages.
         *
         * @param early the part of the first
         * @param used evaluations that the first has used
         */
        Budget without(Budget early, int used) {
            return new Budget(Math.max(evaluations == 0 ? 0 : 1, evaluations - used),
                    generations - early.generations, minutes, stagnation);
        }

        /** What is left for breeding if one evaluation is kept for the consensus of the finalists. */
        Budget withoutConsensus() {
            return evaluations > 1
                    ? new Budget(evaluations - 1, generations, minutes, stagnation)
                    : this;
        }
    }
}
