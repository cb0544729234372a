package io.mendel.merge;

import io.mendel.merge.MergeException.Kind;
import io.mendel.space.LayerRange;
import io.mendel.space.MergeMethod;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A slice whose models and layers are known to exist.
 *
 * @param slice the slice
 * @param participants the models whose tensors are inputs, in order; a base that deltas are taken from comes first
 * @param base the index of the base among the participants, or -1
 * @param parents the index of the first participant that counts as a model
 * @param size number of output layers
 * @param external a base that takes no part, but lends what is copied; null if there is none
 */
record PlannedSlice(Slice slice, List<Participant> participants, int base, int parents, int size,
        @Nullable Participant external) {

    /**
     * A model of a slice.
     *
     * @param layout its tensors
     * @param start its layer that goes into the slice's first output layer
     */
    record Participant(ParentLayout layout, int start) {

        /** Its tensor that goes into a layer of the slice. */
        TensorInput input(int index, String rest) {
            return new TensorInput(layout.name(), layout.name(start + index, rest));
        }

        /** Its tensor outside the layers. */
        TensorInput input(String tensor) {
            return new TensorInput(layout.name(), tensor);
        }
    }

    /** The participant that lends element types, shapes and everything that is copied. */
    Participant reference() {
        return participants.get(Math.max(base, 0));
    }

    static PlannedSlice of(Recipe recipe, Slice slice, Map<String, ParentLayout> layouts)
            throws MergeException {
        MergeMethod method = recipe.method();
        @Nullable
        String base = slice.base() != null ? slice.base() : recipe.base();
        var ordered = new ArrayList<Participant>();
        @Nullable
        Participant baseSource = null;
        int size = -1;
        for (Source source : slice.sources()) {
            ParentLayout layout = known(layouts, source.model());
            LayerRange range = source.layers();
            int start = range == null ? 0 : range.start();
            int length = range == null ? layout.layerCount() : range.size();
            checkLayers(layout, start, length);
            if (size >= 0 && size != length) {
                throw new MergeException(Kind.LAYERS,
                        "All models of a slice must contribute equally many layers, but '%s' has %d and '%s' %d."
                                .formatted(slice.sources().getFirst().model(), size, source.model(),
                                        length),
                        "Give each source a layer_range of the same length.");
            }
            size = length;
            var participant = new Participant(layout, start);
            if (ordered.stream().anyMatch(other -> other.layout() == layout)) {
                throw new MergeException(Kind.MODELS,
                        "The model '" + source.model() + "' occurs twice in one slice.",
                        "Remove one, or put its layers into slices of their own.");
            }
            ordered.add(participant);
            if (source.model().equals(base)) {
                baseSource = participant;
            }
        }
        boolean deltas = method.needsBase()
                || (base != null && MethodArithmetic.of(method).mayTakeDeltas());
        if (!deltas) {
            checkCount(method, ordered.size());
            Participant external = base == null || baseSource != null
                    ? null
                    : new Participant(known(layouts, base), ordered.getFirst().start());
            return new PlannedSlice(slice, List.copyOf(ordered), ordered.indexOf(baseSource), 0,
                    size, external);
        }
        if (baseSource == null) {
            // Only a recipe over whole models may leave its base unlisted; in slices it mirrors the first source.
            baseSource = new Participant(known(layouts, base), ordered.getFirst().start());
            checkLayers(baseSource.layout(), baseSource.start(), size);
        }
        ordered.remove(baseSource);
        boolean counts = MethodArithmetic.of(method).baseIsParent();
        checkCount(method, ordered.size() + (counts ? 1 : 0));
        ordered.addFirst(baseSource);
        return new PlannedSlice(slice, List.copyOf(ordered), 0, counts ? 0 : 1, size, null);
    }

    private static ParentLayout known(Map<String, ParentLayout> layouts, @Nullable String model) {
        return Objects.requireNonNull(layouts.get(Objects.requireNonNull(model, "model")), model);
    }

    private static void checkCount(MergeMethod method, int models) throws MergeException {
        if (models < method.minModels() || models > method.maxModels()) {
            String wanted = method.minModels() == method.maxModels()
                    ? "exactly " + method.minModels()
                    : "at least " + method.minModels();
            throw new MergeException(Kind.MODELS,
                    "The method %s merges %s models, not %d.".formatted(method.name(), wanted,
                            models),
                    (method.needsBase() || MethodArithmetic.of(method).mayTakeDeltas())
                            && !MethodArithmetic.of(method).baseIsParent()
                            ? "List models besides the base_model."
                            : "Change the list of models, or choose another merge_method.");
        }
    }

    private static void checkLayers(ParentLayout layout, int start, int length)
            throws MergeException {
        if (start + length > layout.layerCount()) {
            throw new MergeException(Kind.LAYERS,
                    "The layers [%d, %d) were asked of the model '%s', which has only %d."
                            .formatted(start,
                                    start + length, layout.name(), layout.layerCount()),
                    "Correct the layer_range; its end is one after the last layer.");
        }
    }
}
