package io.mendel.merge;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import io.mendel.merge.MergeException.Kind;
import io.mendel.space.InvalidInputException;
import io.mendel.space.Precision;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Resolves recipes into plans, with mergekit's rules.
 *
 * <p>
 * Layers are found in the tensors' names. A layer's depth is its place in its output slice, {@code index / (length - 1)},
 * or 1 in a slice of one layer; tensors outside the layers have depth 0, those before the layers take the models and
 * parameters of the first slice, those after them of the last. Where a model has several stacks of layers and the recipe
 * no modules, the smaller stacks are merged whole, each with depths of its own. Integer tensors, scalars and buffers
 * that nobody trained are copied from the base, if there is one, else integers and buffers from the first model. If all
 * models tie their head to the embedding, none is written; if only some do, their embedding takes part in merging the
 * head. A base that the method does not need is not merged.
 *
 * <p>
 * Scales of the hidden state are folded into the last projections of attention and MLP, where that is exact: in pre-norm
 * blocks, whose branches see the hidden state through a norm only.
 *
 * <p>
 * Biases and norms of queries and keys may be absent from some models, which then take no part in merging them; if too
 * few are left for the method, the first of them is the result.
 *
 * @since 0.1
 */
public final class MergePlanner {

    private final Recipe recipe;
    private final Map<String, ParentLayout> layouts = new HashMap<>();
    private final TensorPlanner planner;
    private final SortedMap<String, TensorMerge> tensors = new TreeMap<>();
    private final SortedMap<String, Integer> changedDepths = new TreeMap<>();
    private final @Nullable DType dtype;
    private boolean tied;

    private MergePlanner(Recipe recipe) {
        this.recipe = recipe;
        Precision precision = recipe.outDtype() != null ? recipe.outDtype() : recipe.dtype();
        this.dtype = precision == null ? null : switch (precision) {
            case FLOAT32 -> DType.F32;
            case FLOAT16 -> DType.F16;
            case BFLOAT16 -> DType.BF16;
        };
        this.planner = new TensorPlanner(recipe, dtype);
    }

    /**
     * Resolves a recipe.
     *
     * @param recipe the recipe
     * @param models at least all models that the recipe names, by the names it uses; others are ignored
     * @return the plan; nothing about the tensors' names, shapes and types can go wrong afterwards
     * @throws MergeException if the recipe and the models do not fit
     */
    public static MergePlan plan(Recipe recipe, Map<String, Checkpoint> models)
            throws MergeException {
        var planner = new MergePlanner(recipe);
        planner.findModels(models);
        return recipe.modules().isEmpty() ? planner.planWhole() : planner.planModules();
    }

    private void findModels(Map<String, Checkpoint> models) throws MergeException {
        @Nullable
        ParentLayout first = null;
        for (String name : recipe.models()) {
            Checkpoint checkpoint = models.get(name);
            if (checkpoint == null) {
                throw new MergeException(Kind.UNKNOWN_MODEL,
                        "The recipe names the model '" + name + "', which is not among the models.",
                        InvalidInputException.didYouMean(name, new TreeSet<>(models.keySet())));
            }
            var layout = new ParentLayout(name, checkpoint);
            layouts.put(name, layout);
            first = first == null ? layout : first;
            if (!layout.isRelated(first)) {
                throw new MergeException(Kind.ARCHITECTURE,
                        "All models must be of one family, but '%s' is '%s' and '%s' is '%s' (model_type in config.json)."
                                .formatted(first.name(), first.family(), name, layout.family()),
                        "Merge models that were fine-tuned from the same base, or name an override_architecture if they only differ in name.");
            }
        }
    }

    private MergePlan planWhole() throws MergeException {
        List<PlannedSlice> slices = slices(recipe.slices(), layouts);
        ParentLayout donor = recipe.base() != null
                ? Objects.requireNonNull(layouts.get(recipe.base()))
                : slices.getFirst().reference().layout();
        int depth = slices.stream().mapToInt(PlannedSlice::size).sum();
        var path = new PathPlanner(slices, donor, planner, tensors,
                ScaleFold.of(recipe, donor.family(), depth));
        List<Integer> layers = path.planBody();
        noteDepth("", layers.size(), donor);
        tied = path.planHead();
        return new MergePlan(recipe, tensors, donor.name(), layers, changedDepths, tied, dtype);
    }

    private MergePlan planModules() throws MergeException {
        var names = new ModuleNames(recipe.modules().keySet());
        for (ParentLayout layout : layouts.values()) {
            names.requireCover(layout.name(), layout.names());
        }
        String donor = recipe.models().getFirst();
        for (var module : recipe.modules().entrySet()) {
            String name = module.getKey();
            var parts = new HashMap<String, ParentLayout>();
            layouts.forEach((model, layout) -> parts.put(model,
                    layout.part(tensor -> name.equals(names.owner(tensor)))));
            ParentLayout lender = Objects.requireNonNull(parts.get(donor));
            var path = new PathPlanner(slices(module.getValue().inheritingSlices(), parts), lender,
                    planner, tensors, null);
            noteDepth(name, path.planBody().size(), lender);
            if (name.equals(names.owner(ParentLayout.HEAD))) {
                tied = path.planHead();
            }
        }
        return new MergePlan(recipe, tensors, donor, List.of(), changedDepths, tied, dtype);
    }

    private List<PlannedSlice> slices(List<Slice> path, Map<String, ParentLayout> models)
            throws MergeException {
        var slices = new ArrayList<PlannedSlice>();
        for (Slice slice : path) {
            slices.add(PlannedSlice.of(recipe, slice, models));
        }
        return slices;
    }

    private void noteDepth(String module, int depth, ParentLayout donor) {
        if (depth != donor.layerCount()) {
            changedDepths.put(module, depth);
        }
    }
}
