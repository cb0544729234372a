package io.mendel.merge;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import io.mendel.merge.MergeException.Kind;
import io.mendel.merge.PlannedSlice.Participant;
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
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Resolves recipes into plans, with mergekit's rules.
 *
 * <p>
 * Layers are found in the tensors' names. A layer's depth is its place in its output slice, {@code index / (length - 1)},
 * or 1 in a slice of one layer; tensors outside the layers have depth 0, those before the layers take the models and
 * parameters of the first slice, those after them of the last. Integer tensors and buffers that nobody trained are
 * copied from the base, else from the first model. If all models tie their head to the embedding, none is written; if
 * only some do, their embedding takes part in merging the head.
 *
 * @since 0.1
 */
public final class MergePlanner {

    private final Recipe recipe;
    private final Map<String, ParentLayout> layouts = new HashMap<>();
    private final List<PlannedSlice> slices = new ArrayList<>();
    private final TensorPlanner planner;
    private final SortedMap<String, TensorMerge> tensors = new TreeMap<>();
    private final @Nullable DType dtype;

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
        for (Slice slice : recipe.slices()) {
            planner.slices.add(PlannedSlice.of(recipe, slice, planner.layouts));
        }
        return planner.plan();
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
            if (!layout.family().equals(first.family())) {
                throw new MergeException(Kind.ARCHITECTURE,
                        "All models must be of one family, but '%s' is '%s' and '%s' is '%s' (model_type in config.json)."
                                .formatted(first.name(), first.family(), name, layout.family()),
                        "Merge models that were fine-tuned from the same base.");
            }
        }
    }

    private MergePlan plan() throws MergeException {
        ParentLayout donor = donor();
        var donorLayers = new ArrayList<Integer>();
        for (PlannedSlice slice : slices) {
            for (int i = 0; i < slice.size(); i++) {
                planLayer(slice, i, donorLayers.size(), donor);
                donorLayers.add(donorLayer(slice, donor) + i);
            }
        }
        planOutside(slices.getFirst(), true);
        planOutside(slices.getLast(), false);
        boolean tied = planHead(slices.getLast());
        return new MergePlan(recipe, tensors, donor.name(), donorLayers, tied, dtype);
    }

    private ParentLayout donor() {
        String name = recipe.base() != null
                ? recipe.base()
                : slices.getFirst().reference().layout().name();
        return Objects.requireNonNull(layouts.get(name));
    }

    private static int donorLayer(PlannedSlice slice, ParentLayout donor) {
        return slice.participants()
                .stream()
                .filter(p -> p.layout() == donor)
                .findFirst()
                .orElse(slice.participants().getFirst())
                .start();
    }

    private void planLayer(PlannedSlice slice, int index, int outputLayer, ParentLayout donor)
            throws MergeException {
        double depth = slice.size() == 1 ? 1 : (double) index / (slice.size() - 1);
        SortedSet<String> rests = new TreeSet<>();
        slice.participants().forEach(p -> rests.addAll(p.layout().layer(p.start() + index)));
        for (String rest : rests) {
            var inputs = new ArrayList<TensorInput>();
            for (Participant participant : slice.participants()) {
                ParentLayout layout = participant.layout();
                inputs.add(new TensorInput(layout.name(),
                        layout.name(participant.start() + index, rest)));
            }
            put(planner.plan(donor.name(outputLayer, rest), slice, depth, inputs));
        }
    }

    private void planOutside(PlannedSlice slice, boolean before) throws MergeException {
        SortedSet<String> names = new TreeSet<>();
        slice.participants().forEach(p -> names.addAll(p.layout().outside()));
        for (String name : names) {
            if (ParentLayout.isBeforeLayers(name) == before && !ParentLayout.isHead(name)) {
                put(planner.plan(name, slice, 0,
                        slice.participants()
                                .stream()
                                .map(p -> new TensorInput(p.layout().name(), name))
                                .toList()));
            }
        }
    }

    /** Plans the head if any model has its own; returns whether the output ties its head to the embedding. */
    private boolean planHead(PlannedSlice slice) throws MergeException {
        boolean allTied = slice.participants().stream().allMatch(p -> p.layout().tied());
        boolean anyHead = slice.participants()
                .stream()
                .anyMatch(p -> p.layout().info(ParentLayout.HEAD) != null);
        if (allTied || !anyHead) {
            return allTied;
        }
        var inputs = new ArrayList<TensorInput>();
        for (Participant participant : slice.participants()) {
            ParentLayout layout = participant.layout();
            String embedding = layout.embedding();
            inputs.add(new TensorInput(layout.name(),
                    layout.tied() && embedding != null ? embedding : ParentLayout.HEAD));
        }
        put(planner.plan(ParentLayout.HEAD, slice, 0, inputs));
        return false;
    }

    private void put(@Nullable TensorMerge merge) {
        if (merge != null) {
            tensors.put(merge.output().name(), merge);
        }
    }
}
